import { findPersonCards } from '../cards/persons.ts';
import { getEvent } from '../events/describing.ts';
import { lockMine } from '../events/owning.ts';
import { updateEvent } from '../events/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { findSightings } from '../outreach/facts.ts';
import { formPath, linkContact, listRegistrationForms, openEvent } from './contract.ts';
import { isForm, listForms } from './queries.ts';
import { mayRegister, writeContactToken } from './rules.ts';

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

  implement(listRegistrationForms, async (_input, { tx, actor }) => {
    const forms = await listForms(tx, actor.workspaceId);
    return {
      items: forms.filter(({ settings }) => mayRegister(settings)).map(({ channel_id: id, name }) => ({ id, name })),
    };
  }),

  implement(openEvent, async ({ eventId, channelId, open }, context) => {
    const { tx, actor } = context;
    const event = await lockMine(context, eventId);
    // Who registers falls into a book of the company's: a team's event, or one's own, is not everybody's to come to.
    if (event.audience_id !== actor.workspaceId) throw new AppError('conflict');
    const forms = await listForms(tx, actor.workspaceId);
    if (open && !forms.some((one) => one.channel_id === channelId && mayRegister(one.settings)))
      throw new AppError('invalid_input', { fields: { channelId: 'unknown' } });
    const kept = event.registration_channel_id;
    if (!open && kept !== channelId) throw new AppError('conflict');
    await updateEvent(tx, actor, eventId, { registration_channel_id: channelId, registration_open: open });
    return getEvent(context, eventId);
  }),
];
