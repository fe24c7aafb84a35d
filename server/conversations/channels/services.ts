/** Where the platforms stand that have one address. Tests, and nobody else, put a server of their own in its place. */
export const services = {
  /** Graph API of Meta, with its version: WhatsApp, Messenger, Instagram. */
  graph: () => 'https://graph.facebook.com/v25.0',
  telegram: () => 'https://api.telegram.org',
  twilio: () => 'https://api.twilio.com',
  ovh: () => 'https://eu.api.ovh.com/1.0',
};
