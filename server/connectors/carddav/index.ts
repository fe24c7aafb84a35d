import type { Connector } from '../connector.ts';
import { findCollections } from '../dav/discovery.ts';
import { type Secret, type Settings, secret, settings } from '../dav/settings.ts';
import { addressBooks, pull } from './reading.ts';
import { writing } from './writing.ts';

/** Address books online (CardDAV, RFC 6352), of whatever service. */
export const addressBook: Connector<Settings, Secret> = {
  kind: 'address_book',
  settings,
  secret,
  every: 900,
  connect: (access) => findCollections(access, addressBooks),
  pull,
  writing,
};
