import { getContent, sealContent } from '../content/index.ts';
import { isForm } from '../forms/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';

/** @throws AppError not_found for what is no page, or not seen */
async function getPage(context: Context, contentId: string) {
  const content = await getContent(context, contentId);
  if (content.kind !== 'page') throw notFound();
  return content;
}

/** @throws AppError not_found, or forbidden for who may not change it: what everybody sees is its author's word, or an admin's */
async function ownPage(context: Context, contentId: string) {
  const content = await getPage(context, contentId);
  if (!content.mine) throw new AppError('forbidden');
  return content;
}

async function describe(context: Context, contentId: string): Promise<contracts.Publication | null> {
  const { tx, actor, app } = context;
  const { version } = await getPage(context, contentId);
  const row = await queries.findPublication(tx, actor, contentId);
  if (!row) return null;
  return {
    url: new URL(contracts.pagePath.replace(':slug', row.slug), app.config.publicUrl).href,
    ...{ slug: row.slug, formId: row.channel_id, indexed: row.indexed, openings: row.openings },
    ...{ online: row.withdrawn_at === null, changed: row.version !== version },
    ...{ publishedAt: row.published_at.toISOString(), publishedBy: row.author },
  };
}

export const pagesOperations: Operation[] = [
  implement(contracts.getPublication, async ({ contentId }, context) => ({
    publication: await describe(context, contentId),
  })),

  implement(contracts.publish, async ({ contentId, slug, formId, indexed }, context) => {
    const { tx, actor } = context;
    await ownPage(context, contentId);
    if (formId && !(await isForm(tx, actor.workspaceId, formId)))
      throw new AppError('invalid_input', { fields: { formId: 'unknown' } });
    const sealed = await sealContent(context, contentId);
    if ('stops' in sealed) return { publication: await describe(context, contentId), stops: sealed.stops };
    await queries.putPublication(tx, actor, { contentId, slug, indexed, channelId: formId, version: sealed.version });
    return { publication: await describe(context, contentId), stops: [] };
  }),

  implement(contracts.withdraw, async ({ contentId }, context) => {
    await ownPage(context, contentId);
    if (!(await queries.setWithdrawn(context.tx, context.actor, contentId))) throw notFound();
    return {};
  }),

  implement(contracts.listForms, async (_input, { tx, actor }) => ({
    items: (await queries.listForms(tx, actor)).map(({ channel_id, name }) => ({ id: channel_id, name })),
  })),
];
