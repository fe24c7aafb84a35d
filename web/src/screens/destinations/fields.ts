import type { DestinationKind } from '../../../../server/destinations/contract.ts';

/** What is asked for to reach a destination. */
export interface PlaceField {
  /** In the settings, or among the secrets, which are never shown again. */
  of: 'settings' | 'secret';
  key:
    | 'url'
    | 'host'
    | 'port'
    | 'username'
    | 'folder'
    | 'endpoint'
    | 'region'
    | 'bucket'
    | 'prefix'
    | 'listId'
    | SecretKey;
  type: 'text' | 'url' | 'number' | 'password' | 'lines';
  initial: string;
  required: boolean;
}
type SecretKey = 'password' | 'privateKey' | 'accessKeyId' | 'secretAccessKey' | 'apiKey';

const setting = (
  key: PlaceField['key'],
  { type = 'text', initial = '', required = true }: Partial<PlaceField> = {},
): PlaceField => ({ of: 'settings', key, type, initial, required });
const secret = (key: SecretKey, { type = 'password', required = true }: Partial<PlaceField> = {}): PlaceField => ({
  ...{ of: 'secret', key, type, initial: '', required },
});

export const fieldsOf: Record<DestinationKind, readonly PlaceField[]> = {
  http: [setting('url', { type: 'url', initial: 'https://' })],
  sftp: [
    setting('host'),
    setting('port', { type: 'number', initial: '22' }),
    setting('username'),
    secret('password', { required: false }),
    secret('privateKey', { type: 'lines', required: false }),
    setting('folder', { initial: '.', required: false }),
  ],
  s3: [
    setting('endpoint', { type: 'url', initial: 'https://' }),
    setting('region', { initial: 'eu-west-3' }),
    setting('bucket'),
    setting('prefix', { required: false }),
    secret('accessKeyId'),
    secret('secretAccessKey'),
  ],
  carddav: [setting('url', { type: 'url', initial: 'https://' }), setting('username'), secret('password')],
  brevo: [setting('listId', { type: 'number' }), secret('apiKey')],
  mailchimp: [setting('listId'), secret('apiKey')],
};

/** What is entered of one part, for the server. */
export const partOf = (kind: DestinationKind, of: PlaceField['of'], values: Record<PlaceField['key'], string>) =>
  Object.fromEntries(
    fieldsOf[kind].flatMap((field) => {
      const value = values[field.key];
      return field.of !== of || value === '' ? [] : [[field.key, value]];
    }),
  );
