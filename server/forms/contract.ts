import { z } from 'zod';
import { event } from '../events/contract.ts';
import { contract, id, nothing } from '../kernel/contract.ts';

/** The page of a form. `?lang=fr|en` in one language; `?k=` with a contact's token, by which it knows what not to ask. */
export const formPath = '/forms/:workspaceId/:channelId';
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

export const listRegistrationForms = contract({
  name: 'forms.listRegistrationForms',
  method: 'GET',
  path: '/registration-forms',
  summary:
    'Web forms of the company by which an event can be opened to all: they ask for name and address, are confirmed by mail, and put a card into a book',
  input: nothing,
  output: z.object({ items: z.array(z.object({ id, name: z.string() })) }),
  access: 'member',
  scope: 'contacts:read',
});
export const openEvent = contract({
  name: 'forms.openEvent',
  method: 'PUT',
  path: '/events/:eventId/registration',
  summary:
    'Open an event for everybody of mine to the public, by a web form (its words, consents, book and mailbox hold), or close it again (`open: false`): places are kept',
  input: z.object({ eventId: id, channelId: id, open: z.boolean() }),
  output: event,
  access: 'member',
  scope: 'messages:write',
  errors: ['forbidden', 'conflict'],
});
