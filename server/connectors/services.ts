/** Where the services stand that have one address. Tests, and nobody else, put a server of their own in its place. */
export const services = {
  hubspot: () => 'https://api.hubapi.com',
  /** @param centre the data centre at the end of a key: `us21` */
  mailchimp: (centre: string) => `https://${centre}.api.mailchimp.com`,
  /** @param host of the company at Salesforce: `acme.my.salesforce.com` */
  salesforce: (host: string) => `https://${host}`,
};
