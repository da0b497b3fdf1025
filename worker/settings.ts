import { env } from 'cloudflare:workers';
import { readSettings } from './config.ts';

/** The Worker's settings, read once at the start: with wrong ones it does not start. */
export const settings = readSettings(env);
