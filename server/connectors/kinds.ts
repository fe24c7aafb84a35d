import { addressBook } from './carddav/index.ts';
import type { AnyConnector } from './connector.ts';

/** The kinds of service that this module knows; those of modules above join them in modules.ts. */
export const ownConnectors: readonly AnyConnector[] = [addressBook];
