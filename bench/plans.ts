import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refreshReach } from '../server/delegation/queries.ts';
import type { Actor } from '../server/kernel/database.ts';
import { encodeCursor } from '../server/kernel/paging.ts';
import { openDoor, type Request } from './door.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'the plans of what the hottest requests ask of PostgreSQL, on what `delegation --kept FOLDER` has filled; written to FOLDER/plans.txt, the slowest of each told here';

/** Each statement, also those within functions, with what it did and what it touched, in PostgreSQL's own log. */
const settings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
};

interface Plan {
  milliseconds: number;
  text: string;
}

/** The plans in a part of the log; each begins with its duration, and its lines with a tab. */
function plansIn(log: string): Plan[] {
  return [...log.matchAll(/LOG: {2}duration: ([\d.]+) ms {2}plan:\n((?:\t.*\n)*)/g)].map(([, taken, text]) => ({
    milliseconds: Number(taken),
    text: text!.replaceAll(/^\t/gm, ''),
  }));
}

const warmUp = 5;

type Enter = (memberId: string) => Promise<Request>;

interface Asking {
  request: Request;
  readLog: () => string;
}

/** What one more asking makes PostgreSQL do once it has been asked a few times. */
async function watch({ request, readLog }: Asking, path: string, init?: RequestInit): Promise<Plan[]> {
  // Nobody has the address that is looked up: that is an answer too.
  const ask = () =>
    request(path, init).catch((error: Error) => {
      if (!error.message.includes('404')) throw error;
    });
  for (let run = 0; run < warmUp && init === undefined; run++) await ask();
  const before = readLog().length;
  await ask();
  // The log is written by another process.
  await new Promise((done) => setTimeout(done, 200));
  return plansIn(readLog().slice(before)).sort((a, b) => b.milliseconds - a.milliseconds);
}

const paths = (card: string): [string, string][] => [
  ['first page', '/people?limit=50'],
  ['deep page', `/people?limit=50&after=${encodeCursor(['moreau', '00000000-0000-0000-0000-000000000000'])}`],
  ['search: one word', '/people?limit=50&q=martin'],
  ['search: two words', '/people?limit=50&q=sophie%20martin'],
  ['search: typing error', '/people?limit=50&q=granleir'],
  ['facets', '/people/facets'],
  ['facets of a common name', '/people/facets?q=martin'],
  ['person', `/people/${card}`],
  ['feed', '/home/happenings?limit=30'],
  ['books', '/books'],
  ['look-up by e-mail', '/people/lookup?email=nobody%40bench.example'],
  ['proposals', '/proposals?limit=50'],
];

/** A book's grants withdrawn one after the other, and given again for the next run. */
async function withdraw({ app, owner, workspaceId }: Stage, enter: Enter, readLog: () => string): Promise<Plan[]> {
  const { rows } = await owner.query(
    `select g.grant_id, g.book_id, b.holder_id from delegation.grant g join delegation.book b
       on b.workspace_id = $1 and b.book_id = g.book_id and b.name = 'Book 5'
     where g.workspace_id = $1 and g.ends_at is null limit 1`,
    [workspaceId],
  );
  const [{ grant_id: grantId, book_id: bookId, holder_id: holder }] = rows;
  const plans = await watch({ request: await enter(holder), readLog }, `/grants/${grantId}`, { method: 'DELETE' });
  await owner.query('update delegation.grant set ends_at = null where workspace_id = $1 and grant_id = $2', [
    workspaceId,
    grantId,
  ]);
  await app.db.asSystem('keeper', (tx) => refreshReach(tx, workspaceId, bookId));
  return plans;
}

function tell(title: string, plans: readonly Plan[]): string {
  const all = plans.reduce((sum, { milliseconds }) => sum + milliseconds, 0).toFixed(1);
  process.stdout.write(`${title}\t${plans.length} statements, slowest ${plans[0]?.milliseconds} ms of ${all}\n`);
  return `===== ${title}\n${plans.map(({ milliseconds, text }) => `----- ${milliseconds} ms\n${text}`).join('')}\n`;
}

export async function run(args: readonly string[]): Promise<void> {
  const kept = args.includes('--kept') ? args[args.indexOf('--kept') + 1] : undefined;
  if (kept === undefined || !existsSync(kept)) throw new Error('Say --kept FOLDER, filled by `bench delegation`.');
  const stage = await openStage(kept);
  const closers: (() => Promise<unknown>)[] = [];
  try {
    for (const [name, value] of Object.entries(settings))
      await stage.owner.query(`alter database entregent set ${name} = '${value}'`);
    const enterHouse = await openDoor(stage, closers);
    const { rows } = await stage.owner.query(
      `select b.holder_id, m.member_id as viewer, (select min(card_id::text) from cards.card c where c.workspace_id = $1
         and c.book_no = b.book_no) as card
       from delegation.book b join identity.member m on m.workspace_id = $1 and m.email = 'm7@bench.example'
       where b.workspace_id = $1 and b.name = 'Book 0'`,
      [stage.workspaceId],
    );
    const [{ holder_id: holder, viewer, card }] = rows;
    const as: Enter = (memberId) => enterHouse({ workspaceId: stage.workspaceId, memberId } satisfies Actor);
    const readLog = () => readFileSync(join(kept, 'postgres.log'), 'utf8');
    const asking = { viewer: { request: await as(viewer), readLog }, holder: { request: await as(holder), readLog } };
    let written = '';
    for (const [title, path] of paths(card)) {
      const by = title === 'feed' || title === 'books' ? asking.holder : asking.viewer;
      written += tell(title, await watch(by, path));
    }
    written += tell('a grant withdrawn', await withdraw(stage, as, readLog));
    writeFileSync(join(kept, 'plans.txt'), written);
  } finally {
    for (const name of Object.keys(settings)) await stage.owner.query(`alter database entregent reset ${name}`);
    for (const close of closers.reverse()) await close();
    await stage.close();
  }
}
