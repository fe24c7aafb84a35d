import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { languages, type Said } from './blocks-contract.ts';
import * as contracts from './contract.ts';
import {
  checkAudience,
  describeContents,
  describeImage,
  describeParts,
  getContent,
  readHouseStyle,
  readLetterhead,
} from './describing.ts';
import * as images from './images.ts';
import { fits, type Kind } from './kinds-contract.ts';
import * as letterhead from './letterhead-contract.ts';
import * as queries from './queries.ts';
import { readyContents } from './ready.ts';
import * as style from './style-contract.ts';
import { suggestWords } from './suggesting-contract.ts';
import { sendTrial, tryOut } from './trying.ts';
import { suggest } from './wording.ts';

/** A content that the caller may change, as it is now. @throws AppError not_found, forbidden, or conflict where somebody saved meanwhile */
async function lockToChange(context: Context, contentId: string, edition: number): Promise<contracts.FullContent> {
  await queries.lockContent(context.tx, context.actor, contentId);
  const content = await getContent(context, contentId);
  if (!content.mine) throw new AppError('forbidden');
  if (content.edition !== edition) throw new AppError('conflict');
  return content;
}

/** Writes what is said now: into the version that is open, or, where that is closed, into a new one. @returns its number */
async function write(context: Context, content: contracts.FullContent, said: Said, fresh = false): Promise<number> {
  const { tx, actor } = context;
  const { id: contentId, version } = content;
  if (JSON.stringify(said) === JSON.stringify(content.said)) return version;
  if (!fresh && !(await queries.isClosed(tx, actor, contentId, version))) {
    if (await queries.rewriteVersion(tx, actor, contentId, version, said)) return version;
  }
  const [row] = await queries.listVersions(tx, actor, contentId);
  const next = (row?.version ?? version) + 1;
  await queries.addVersion(tx, actor, {
    ...{ contentId, version: next, said },
    ...{ owner_id: content.owner.id, audience_id: content.audience.id },
  });
  return next;
}

/** Whoever relies on a version that is closed hears that another is being written: modules above. */
async function tellOfChange({ app, tx, actor }: Context, { id, version }: contracts.FullContent, written: number) {
  if (written === version) return;
  await app.enqueue(tx, {
    workspaceId: actor.workspaceId,
    task: 'campaigns.followContent',
    payload: { contentId: id },
  });
}

/**
 * What a new content is and says: nothing yet, what a ready one says, or what another one says.
 * @throws AppError not_found, or invalid_input where that goes by another way than is wished
 */
async function beginning(
  context: Context,
  from: { kind?: Kind | undefined; ready?: contracts.ReadyKey | undefined; contentId?: string | undefined },
): Promise<{ kind: Kind; said: Said }> {
  const begun = await whatItBeginsFrom(context, from);
  if (begun === null) return { kind: from.kind ?? 'email', said: {} };
  if (from.kind && from.kind !== begun.kind) throw new AppError('invalid_input', { fields: { kind: 'other' } });
  return begun;
}

async function whatItBeginsFrom(
  context: Context,
  { ready, contentId }: { ready?: contracts.ReadyKey | undefined; contentId?: string | undefined },
): Promise<{ kind: Kind; said: Said } | null> {
  if (ready) return { kind: contracts.kindOfReady(ready), said: readyContents[ready] };
  if (!contentId) return null;
  const { kind, said } = await getContent(context, contentId);
  return { kind, said };
}

/** @throws AppError invalid_input for what a content of that kind cannot say */
function checkFits(kind: Kind, said: Said): void {
  if (!languages.every((one) => !said[one] || fits(kind, said[one])))
    throw new AppError('invalid_input', { fields: { said: 'kind' } });
}

const contents: Operation[] = [
  implement(contracts.listContents, async (_input, context) => ({ items: await describeContents(context) })),

  implement(contracts.getContent, ({ contentId }, context) => getContent(context, contentId)),

  implement(contracts.addContent, async ({ name, audience, ...from }, context) => {
    const begun = await beginning(context, from);
    const audience_id = await checkAudience(context, audience);
    return { id: await queries.addContent(context.tx, context.actor, { name, audience_id, ...begun }) };
  }),

  implement(contracts.saveContent, async ({ contentId, edition, name, audience, said }, context) => {
    const content = await lockToChange(context, contentId, edition);
    if (said) checkFits(content.kind, said);
    const version = said ? await write(context, content, said) : content.version;
    const set = {
      ...{ version },
      ...(name === undefined ? {} : { name }),
      ...(audience ? { audience_id: await checkAudience(context, audience) } : {}),
    };
    const saved = await queries.updateContent(context.tx, context.actor, contentId, set);
    if (saved === undefined) throw notFound();
    await tellOfChange(context, content, version);
    return { edition: saved, version };
  }),

  implement(contracts.removeContent, async ({ contentId }, { tx, actor }) => {
    if (!(await queries.putAway(tx, actor, 'content', contentId, true))) throw notFound();
    return {};
  }),

  implement(contracts.restoreContent, async ({ contentId }, { tx, actor }) => {
    if (!(await queries.putAway(tx, actor, 'content', contentId, false))) throw notFound();
    return {};
  }),

  implement(contracts.listVersions, async ({ contentId }, context) => {
    await getContent(context, contentId);
    const rows = await queries.listVersions(context.tx, context.actor, contentId);
    return {
      items: rows.map(({ version, author, begun_at, saved_at, sealed }) => ({
        ...{ version, by: author, sealed },
        ...{ begunAt: begun_at.toISOString(), savedAt: saved_at.toISOString() },
      })),
    };
  }),

  implement(contracts.restoreVersion, async ({ contentId, version, edition }, context) => {
    const { tx, actor } = context;
    const content = await lockToChange(context, contentId, edition);
    const said = await queries.findSaid(tx, actor.workspaceId, contentId, version);
    if (!said) throw notFound();
    const written = await write(context, content, said, true);
    const saved = await queries.updateContent(tx, actor, contentId, { version: written });
    await tellOfChange(context, content, written);
    return { edition: saved!, version: written };
  }),

  implementOutside(contracts.tryContent, (asked, context) => tryOut(context, asked)),

  implementOutside(suggestWords, (asked, context) => suggest(context, asked)),

  implementOutside(contracts.sendTrial, (asked, context) => sendTrial(context, asked)),
];

const parts: Operation[] = [
  implement(contracts.listParts, async (_input, context) => ({ items: await describeParts(context) })),

  implement(contracts.addPart, async ({ name, audience, said }, context) => {
    const audience_id = await checkAudience(context, audience);
    return { id: await queries.addPart(context.tx, context.actor, { name, audience_id, said }) };
  }),

  implement(contracts.savePart, async ({ partId, edition, name, audience, said }, context) => {
    const [part] = await describeParts(context, partId);
    if (!part) throw notFound();
    if (!part.mine) throw new AppError('forbidden');
    const saved = await queries.updatePart(context.tx, context.actor, partId, edition, {
      ...(name === undefined ? {} : { name }),
      ...(said ? { said } : {}),
      ...(audience ? { audience_id: await checkAudience(context, audience) } : {}),
    });
    if (saved === undefined) throw new AppError('conflict');
    return { edition: saved };
  }),

  implement(contracts.removePart, async ({ partId }, { tx, actor }) => {
    if (!(await queries.putAway(tx, actor, 'part', partId, true))) throw notFound();
    return {};
  }),

  implement(contracts.restorePart, async ({ partId }, { tx, actor }) => {
    if (!(await queries.putAway(tx, actor, 'part', partId, false))) throw notFound();
    return {};
  }),
];

const library: Operation[] = [
  implement(contracts.listImages, async (_input, context) => ({
    items: (await images.listImages(context.tx, context.actor.workspaceId)).map((row) => describeImage(row, context)),
  })),

  implement(contracts.changeImage, async ({ imageId, name, alt }, { tx, actor }) => {
    if (!(await images.changeImage(tx, actor, imageId, { name, alt_fr: alt.fr, alt_en: alt.en }))) throw notFound();
    return {};
  }),

  implementOutside(contracts.listImageUses, async ({ imageId }, context) => {
    const { workspaceId } = context.actor;
    const named = await context.asCaller(async (caller) => {
      const [row] = await images.listImages(caller.tx, workspaceId, [imageId]);
      if (!row) throw notFound();
      const seen = [...(await describeContents(caller)), ...(await describeParts(caller))];
      return new Map(seen.map(({ id, name }) => [id, name]));
    });
    const using = await context.asSystem('keeper', (keeper) => images.listUsing(keeper, workspaceId, imageId));
    const names = using.flatMap((one) => named.get(one) ?? []);
    return { names, others: using.length - names.length };
  }),

  implement(contracts.removeImage, async ({ imageId }, { tx, actor }) => {
    if (!(await queries.putAway(tx, actor, 'image', imageId, true))) throw notFound();
    return {};
  }),

  implement(contracts.restoreImage, async ({ imageId }, { tx, actor }) => {
    if (!(await queries.putAway(tx, actor, 'image', imageId, false))) throw notFound();
    return {};
  }),
];

export const contentOperations: Operation[] = [
  ...contents,
  ...parts,
  ...library,

  implement(letterhead.getLetterhead, (_input, { tx, actor }) => readLetterhead(tx, actor.workspaceId)),

  implement(letterhead.saveLetterhead, async ({ version, ...head }, { tx, actor }) => {
    if (!(await queries.saveLetterhead(tx, actor, version, head))) throw new AppError('conflict');
    return { ...head, version: version + 1 };
  }),

  implement(style.getHouseStyle, (_input, { tx, actor }) => readHouseStyle(tx, actor.workspaceId)),

  implement(style.saveHouseStyle, async ({ language, version, rules }, { tx, actor }) => {
    if (!(await queries.saveStyle(tx, actor, language, version, rules))) throw new AppError('conflict');
    return { rules, version: version + 1 };
  }),
];
