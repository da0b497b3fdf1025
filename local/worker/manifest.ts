/** What workerd must be told of the Worker beside its code; taken from wrangler.toml. */
export type WorkerManifest = {
  compatibilityDate: string;
  compatibilityFlags: string[];
  durableObjects: { binding: string; className: string }[];
  /** The plain variables, which the environment may override. */
  vars: Record<string, string>;
};
