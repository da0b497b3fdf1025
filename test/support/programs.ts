import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { baseEnvironment, ROOT } from './environment.ts';

const TIMEOUT_MS = 120_000;

/**
 * Runs one of the project's scripts to its end, with these settings and no others.
 * @param script the path from the project's folder, such as `operate/topics/main.ts`
 * @throws what it wrote, when its exit code is not 0 (the fault has `code`, `stdout` and `stderr`)
 */
export function runScript(
  script: string,
  settings: Record<string, string> = {},
  args: string[] = [],
  timeoutMs = TIMEOUT_MS,
): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [script, ...args], {
    cwd: ROOT,
    env: { ...baseEnvironment(), ...settings },
    timeout: timeoutMs,
  });
}

/** Runs any program to its end. @returns its output @throws an error with all that it wrote, when its exit code is not 0 */
export async function runProgram(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, [...args], { cwd, env: baseEnvironment() });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
  }
}
