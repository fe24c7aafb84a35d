import { insertCards } from '../server/cards/editing.ts';
import { contactAt } from '../server/demo/mess.ts';
import type { World } from '../server/demo/world.ts';
import { hunterOf } from '../server/matching/hunt/hunter.ts';
import { print, quantile, seconds } from './figures.ts';
import { importContacts } from './import.ts';
import { openStage, type Stage } from './stage.ts';

export const about = 'one new card to its links, and the index in memory, beside 100,000 cards; --count N another size';

const world: World = { seed: 42, organizations: 125_000, reservedNumbers: false };

/** A card typed by a member, from the request's transaction to its links: milliseconds. */
async function addOne({ app, workspaceId, memberId, bookId, bookNo }: Stage, at: number): Promise<number> {
  const { given, family, workEmail, organization } = contactAt(world, at);
  const after: (() => Promise<void>)[] = [];
  const actor = { workspaceId, memberId };
  return (
    1000 *
    (await seconds(async () => {
      await app.db.asActor(actor, (tx) =>
        insertCards(
          { app, tx, actor, country: 'FR', naming: 'as_typed', afterCommit: (work) => void after.push(work) },
          { book_id: bookId, book_no: bookNo },
          [
            {
              kind: 'person',
              fields: [
                { kind: 'name', value: { given, family } },
                ...(workEmail ? [{ kind: 'email' as const, value: { value: workEmail } }] : []),
                ...(organization ? [{ kind: 'organization' as const, value: { name: organization } }] : []),
              ],
            },
          ],
        ),
      );
      for (const work of after) await work();
    }))
  );
}

export async function run(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--count');
  const count = at >= 0 ? Number(args[at + 1]) : 100_000;
  const stage = await openStage();
  try {
    await importContacts(stage, count);
    await hunterOf(stage.app).kill();
    const opened = await seconds(() => hunterOf(stage.app).ask({ ask: 'open', workspaceId: stage.workspaceId }));
    const used = (await hunterOf(stage.app).memory()) / 2 ** 20;
    const size = count.toLocaleString('en');
    print({ name: `index of ${size} cards read into memory`, measured: opened, unit: 's' });
    print({ name: 'memory of it per million cards, before collection', measured: (used / count) * 1e6, unit: 'MB' });
    const times: number[] = [];
    for (let n = 0; n < 120; n++) times.push(await addOne(stage, n * 7919));
    const warm = times.slice(20);
    print({
      name: `one new card to its links beside ${size}, median`,
      measured: quantile(warm, 0.5),
      unit: 'ms',
      asked: 50,
    });
    print({ name: `one new card to its links beside ${size}, p95`, measured: quantile(warm, 0.95), unit: 'ms' });
  } finally {
    await hunterOf(stage.app).close();
    await stage.close();
  }
}
