import type { Connector } from '../connector.ts';
import { findBooks } from './discovery.ts';
import { pull } from './reading.ts';
import { type Secret, type Settings, secret, settings } from './settings.ts';
import { writing } from './writing.ts';

/** Address books online (CardDAV, RFC 6352), of whatever service. */
export const addressBook: Connector<Settings, Secret> = {
  kind: 'address_book',
  settings,
  secret,
  every: 900,
  connect: findBooks,
  pull,
  writing,
};
