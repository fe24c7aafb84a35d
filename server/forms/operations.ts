import { findPersonCards } from '../cards/persons.ts';
import { notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { findSightings } from '../outreach/facts.ts';
import { formPath, linkContact } from './contract.ts';
import { isForm } from './queries.ts';
import { writeContactToken } from './rules.ts';

export const formsOperations: Operation[] = [
  implement(linkContact, async ({ personId, channelId, contactPointId }, { app, tx, actor }) => {
    const { workspaceId } = actor;
    const person = await findPersonCards(tx, actor, personId);
    const seen = person && (await findSightings(tx, actor, person.cardIds, contactPointId)).length > 0;
    if (!seen || !(await isForm(tx, workspaceId, channelId))) throw notFound();
    const path = formPath.replace(':workspaceId', workspaceId).replace(':channelId', channelId);
    const token = writeContactToken(app.secrets.links, channelId, contactPointId, Date.now());
    return { url: `${app.config.publicUrl}${path}?k=${token}` };
  }),
];
