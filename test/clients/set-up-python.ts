import { pythonPrograms } from './python.ts';

/** Before all files, which run side by side: two of them would install into one folder. */
export default async function setUp(): Promise<void> {
  await pythonPrograms();
}
