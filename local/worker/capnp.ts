import { CLOCK_SCRIPT } from './clock.ts';
import type { WorkerManifest } from './manifest.ts';

export type WorkerdPlace = {
  port: number;
  /** Where the clock is asked; without it there is none. */
  clockPort: number | undefined;
  /** For the Durable Objects' data; absolute, and there already. */
  stateDir: string;
  /** The names of all variables and secrets; workerd takes their values from its own environment. */
  variables: string[];
};

/**
 * A workerd configuration in Cap'n Proto's text form, for an index.js beside it. Values of settings are not in it:
 * secrets then stay out of files.
 */
export function workerdConfig(
  manifest: WorkerManifest,
  { port, clockPort, stateDir, variables }: WorkerdPlace,
): string {
  const { compatibilityDate, compatibilityFlags, durableObjects } = manifest;
  const objects = durableObjects.map(
    ({ className }) =>
      `(className = ${text(className)}, uniqueKey = ${text(`qiscus-stream-${className}`)}, enableSql = true)`,
  );
  const bindings = [
    ...durableObjects.map(
      ({ binding, className }) => `(name = ${text(binding)}, durableObjectNamespace = ${text(className)})`,
    ),
    ...variables.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
  ];
  const clock = clockPort === undefined ? { service: '', socket: '' } : clockOf(clockPort, compatibilityDate);
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "disk", disk = (path = ${text(stateDir)}, writable = true)),
    (name = "internet", network = (
      allow = ["public", "private", "local"],
      tlsOptions = (trustBrowserCas = true)
    )),${clock.service}
  ],
  sockets = [
    (name = "http", address = ${text(`127.0.0.1:${port}`)}, http = (), service = "main"),${clock.socket}
  ],
);

const worker :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = [${compatibilityFlags.map(text).join(', ')}],
  durableObjectNamespaces = [${objects.join(', ')}],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [
    ${bindings.join(',\n    ')}
  ],
);
`;
}

/** What stands in for the platform's cron, beside the Worker. */
function clockOf(port: number, compatibilityDate: string): { service: string; socket: string } {
  const service = `
    (name = "clock", worker = (
      modules = [(name = "clock.js", esModule = ${text(CLOCK_SCRIPT)})],
      compatibilityDate = ${text(compatibilityDate)},
      compatibilityFlags = ["service_binding_extra_handlers"],
      bindings = [(name = "WORKER", service = "main")],
    )),`;
  const socket = `
    (name = "clock", address = ${text(`127.0.0.1:${port}`)}, http = (), service = "clock"),`;
  return { service, socket };
}

/** A string literal of Cap'n Proto's text form. */
export function text(value: string): string {
  const escaped = value.replace(/[\\"\p{Cc}]/gu, (character) =>
    character === '"' || character === '\\' ? `\\${character}` : hex(character),
  );
  return `"${escaped}"`;
}

/** Byte by byte: an escape there is one byte of UTF-8, not a character. */
function hex(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
