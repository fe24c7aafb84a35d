import { z } from 'zod';
import { contract, id } from '../kernel/contract.ts';

/** The page of a form. `?lang=fr|en` in one language; `?k=` with a contact's token, by which it knows what not to ask. */
export const formPath = '/forms/:workspaceId/:channelId';
/** What is shown once it was sent. */
export const thanksPath = '/forms/:workspaceId/:channelId/thanks';
/** Where the link of a mail leads. */
export const confirmPath = '/forms/confirm/:token';

export const linkContact = contract({
  name: 'forms.linkContact',
  method: 'POST',
  path: '/people/:personId/forms/:channelId/link',
  summary:
    'A link to a form for a contact of mine, by their address: for 90 days it asks nothing that they have answered already; it shows nothing of them',
  input: z.object({ personId: id, channelId: id, contactPointId: id }),
  output: z.object({ url: z.string() }),
  access: 'member',
  scope: 'contacts:read',
});
