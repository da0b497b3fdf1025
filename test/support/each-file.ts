import { afterAll } from 'vitest';
import { undoFile } from './clean-up.ts';

// Files that share a process import clean-up.ts once, and this, as a setup file, each for itself.
afterAll(undoFile);
