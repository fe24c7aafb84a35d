import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const above = resolve(import.meta.dirname, '../..');

/** The checkout's or package's root folder; built code stands one folder deeper, in `dist`. */
export const root = existsSync(resolve(above, 'package.json')) ? above : resolve(above, '..');

/** Whether this is the built package; a checkout runs unbuilt. */
export const packaged = root !== above;

export const version: string = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')).version;

/** What an operator types to start the product, and to start it with options. */
export const startCommand = packaged ? 'npx entregent start' : 'npm start';
export const startWithOptions = packaged ? startCommand : `${startCommand} --`;
