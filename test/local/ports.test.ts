import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { freePort, isPortFree } from '../../local/ports.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { ROOT } from '../support/environment.ts';

const EACH = 300;

/** Prints as many ports, and runs until its standard input ends. */
const ELSEWHERE = `
  const { freePort } = await import(${JSON.stringify(join(ROOT, 'local', 'ports.ts'))});
  const ports = [];
  while (ports.length < ${EACH}) ports.push(await freePort());
  console.log(ports.join());
  process.stdin.resume();
`;

async function portsOfAnother(): Promise<number[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', ELSEWHERE], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  undoAfterwards(async () => {
    child.stdin.end();
    await ended;
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return line.split(',').map(Number);
}

test('no port is given twice, neither here nor to another process that runs, and each is free', async () => {
  const elsewhere = [portsOfAnother(), portsOfAnother()];
  const ports: number[] = [];
  while (ports.length < EACH) ports.push(await freePort());
  ports.push(...(await Promise.all(elsewhere)).flat());

  expect(new Set(ports).size).toBe(3 * EACH);
  for (const port of ports) expect(await isPortFree(port)).toBe(true);
});
