import { addressBook } from './carddav/index.ts';
import type { AnyConnector } from './connector.ts';
import { fileAtAddress } from './files/address.ts';
import { fileInFolder } from './files/folder.ts';
import { googleContacts } from './google/index.ts';
import { hubspot } from './hubspot/index.ts';
import { mailchimp } from './mailchimp/index.ts';
import { microsoftContacts } from './microsoft/index.ts';
import { odoo } from './odoo/index.ts';
import { salesforce } from './salesforce/index.ts';
import { sql } from './sql/index.ts';

/** The kinds of service that this module knows; those of modules above join them in modules.ts. */
export const ownConnectors: readonly AnyConnector[] = [
  addressBook,
  googleContacts,
  microsoftContacts,
  fileAtAddress,
  fileInFolder,
  hubspot,
  odoo,
  mailchimp,
  salesforce,
  sql,
];
