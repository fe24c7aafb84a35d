import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { imageUrl } from './address.ts';
import { type Language, languages } from './blocks-contract.ts';
import type * as contracts from './contract.ts';
import type { ImageRow } from './images.ts';
import type { Kind } from './kinds-contract.ts';
import * as queries from './queries.ts';
import { type HouseRules, type HouseStyle, houseRules } from './style-contract.ts';

type Viewer = Pick<Context, 'tx' | 'actor' | 'role'>;

const audienceId = ({ workspaceId, memberId }: Actor, audience: contracts.Audience): string =>
  audience.kind === 'workspace' ? workspaceId : audience.kind === 'team' ? audience.id : memberId;

/** @throws AppError invalid_input for a team the caller does not belong to: what its author would not see is not kept */
export async function checkAudience({ tx, actor }: Viewer, audience: contracts.Audience): Promise<string> {
  const chosen = audienceId(actor, audience);
  if (audience.kind === 'team' && !(await queries.isAudience(tx, chosen)))
    throw new AppError('invalid_input', { fields: { 'audience.id': 'unknown' } });
  return chosen;
}

interface Shown {
  audience_id: string;
  owner_id: string;
  owner: string;
  team: string | null;
}

const describeShown = (row: Shown, { actor, role }: Viewer) => ({
  audience: {
    kind:
      row.audience_id === actor.workspaceId
        ? ('workspace' as const)
        : row.team === null
          ? ('mine' as const)
          : ('team' as const),
    id: row.audience_id,
    name: row.team ?? '',
  },
  owner: { id: row.owner_id, name: row.owner },
  mine: row.owner_id === actor.memberId || role === 'admin',
});

function describeContent(row: queries.ContentRow, viewer: Viewer): contracts.Content {
  return {
    id: row.content_id,
    ...{ name: row.name, kind: row.kind },
    ...describeShown(row, viewer),
    languages: (['fr', 'en'] as const).filter((one) => row.languages.includes(one)),
    version: row.version,
    changedAt: row.saved_at.toISOString(),
    changedBy: row.author,
  };
}

export const describeContents = async (viewer: Viewer): Promise<contracts.Content[]> =>
  (await queries.listContents(viewer.tx, viewer.actor)).map((row) => describeContent(row, viewer));

/** What others tell of a content that they use. */
export interface Brief {
  id: string;
  name: string;
  /** By which way it goes. */
  kind: Kind;
  /** The one that is being written. */
  version: number;
  /** It rises with each change. */
  edition: number;
  /** Who last wrote in it. */
  authorId: string;
  languages: Language[];
}

/** A content as the viewer sees it, or the keeper; undefined: it is not there for them. */
export async function findBriefly(tx: Tx, actor: Actor, contentId: string): Promise<Brief | undefined> {
  const [row] = await queries.listContents(tx, actor, contentId);
  return (
    row && {
      ...{ id: row.content_id, name: row.name, kind: row.kind, version: row.version, edition: row.edition },
      authorId: row.author_id,
      languages: languages.filter((one) => row.languages.includes(one)),
    }
  );
}

/** @throws AppError not_found */
export async function getContent(viewer: Viewer, contentId: string): Promise<contracts.FullContent> {
  const [row] = await queries.listContents(viewer.tx, viewer.actor, contentId);
  if (!row) throw notFound();
  const said = (await queries.findSaid(viewer.tx, viewer.actor.workspaceId, contentId, row.version)) ?? {};
  return { ...describeContent(row, viewer), said, edition: row.edition };
}

export const describeParts = async (viewer: Viewer, partId?: string): Promise<contracts.Part[]> =>
  (await queries.listParts(viewer.tx, viewer.actor, partId)).map((row) => ({
    id: row.part_id,
    name: row.name,
    said: row.said,
    ...describeShown(row, viewer),
    edition: row.edition,
  }));

export const describeImage = (
  row: ImageRow,
  { actor, role, app }: Pick<Context, 'actor' | 'role'> & { app: Pick<Context['app'], 'config'> },
): contracts.Image => ({
  id: row.image_id,
  name: row.name,
  alt: { fr: row.alt_fr, en: row.alt_en },
  url: imageUrl(app.config.publicUrl, actor.workspaceId, row),
  ...{ width: row.width, height: row.height, size: row.size },
  mine: row.owner_id === actor.memberId || role === 'admin',
});

/** How the company writes; before somebody says so: `vous` in French, sentences that are not too long. */
export async function readHouseStyle(tx: Tx, workspaceId: string): Promise<HouseStyle> {
  const rows = await queries.readStyle(tx, workspaceId);
  const of = (language: 'fr' | 'en'): { rules: HouseRules; version: number } => {
    const row = rows.find((one) => one.language === language);
    return { rules: houseRules.parse(row?.rules ?? {}), version: row?.version ?? 0 };
  };
  return { fr: of('fr'), en: of('en') };
}

/** What stands at the head of letters; before somebody says so: the company's name alone. */
export const readLetterhead = async (tx: Tx, workspaceId: string) =>
  (await queries.findLetterhead(tx, workspaceId)) ?? { lines: [], place: '', version: 0 };
