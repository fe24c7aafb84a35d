import { z } from 'zod';
import { getCountry } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { claim } from './aliases.ts';
import { withdraw } from './forgetting.ts';
import { identify } from './identifying.ts';
import { record, subjectOf } from './recording.ts';
import { isVisitor, readToken, readWho, type Who } from './rules.ts';
import type { WorkingSource } from './sources.ts';

/** Milliseconds that an event may have waited in a browser: clocks of browsers are not asked. */
const longestWait = 24 * 3_600_000;

/** What the tag says: what its visitor did, who they are, or that they do not agree any more. It says nothing of who has not agreed. */
export const said = z.object({
  visitor: z.string().refine(isVisitor),
  events: z
    .array(
      z.object({
        id: z.string().regex(/^[\w-]{8,64}$/),
        kind: z.string().max(60),
        ago: z.number().min(0).max(longestWait),
        props: z.record(z.string().max(60), z.unknown()).optional(),
      }),
    )
    .max(50)
    .default([]),
  /** A token that the company's server signed; or, without proof, an address. */
  identify: z.union([z.string().max(4000), z.object({ email: z.string().max(320) })]).optional(),
  withdrawn: z.boolean().default(false),
});
export type Said = z.output<typeof said>;

/** Takes what a browser says, in one transaction. */
export async function takeSaid(
  app: App,
  workspaceId: string,
  source: WorkingSource,
  { visitor, events, identify: who, withdrawn }: Said,
): Promise<void> {
  const alias = { channel: 'visitor' as const, address: visitor };
  const now = Date.now();
  const lines = events.map(({ id, kind, ago, props }) => ({
    ...{ externalId: `${visitor} ${id}`, kind, visitor, props, consent: true },
    at: new Date(now - ago).toISOString(),
  }));
  await app.db.asSystem('keeper', async (tx) => {
    if (withdrawn) return withdraw(tx, workspaceId, subjectOf(app, workspaceId, alias));
    if (lines.length > 0) await record(app, tx, workspaceId, source, lines);
    if (who !== undefined) await recognise(app, tx, workspaceId, source, alias, who);
  });
}

async function recognise(
  app: App,
  tx: Tx,
  workspaceId: string,
  source: WorkingSource,
  alias: Who,
  said: NonNullable<Said['identify']>,
): Promise<void> {
  const country = await getCountry(tx, workspaceId);
  if (typeof said !== 'string') {
    // Nobody can claim another's address: it joins nothing until whoever has it confirms.
    const claimed = readWho(said, country);
    if (claimed) await claim(tx, workspaceId, subjectOf(app, workspaceId, alias), subjectOf(app, workspaceId, claimed));
    return;
  }
  if (!source.secret) return;
  const claims = readToken(said, Buffer.from(app.secrets.decrypt(source.secret), 'base64'), new Date());
  const { email, phone, customer } = claims ?? {};
  const is = claims && readWho({ email, phone, customer }, country);
  if (is) await identify(app, tx, workspaceId, { alias, is, via: 'signed' });
}
