import { editFields, setWithheld } from '../cards/editing.ts';
import { listOwnBooks, loadCards, pageOwnCards } from '../cards/queries.ts';
import { recordFacts } from '../facts/index.ts';
import type { Accounts } from '../identity/accounts.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { matchCards } from '../matching/matching.ts';
import { analyseImport } from '../sources/analyse.ts';
import { runImport } from '../sources/run.ts';
import { type Company, type PlannedFile, planCompany } from './company.ts';
import { factsOf } from './facts.ts';
import { writeFile } from './files.ts';
import { fillKnowledge } from './knowledge.ts';
import { notes, titles } from './names.ts';
import { fillPlan } from './planning.ts';
import * as queries from './queries.ts';
import { random } from './random.ts';

type Report = (key: string, values?: Record<string, string | number>) => void;

/** Files imported at once: while one waits for the database another is read. */
const lanes = 4;

/**
 * Fills an empty installation with a fictional company, through the real readers and the real import. Does nothing where
 * there is a workspace already; takes up again what a killed process left unfinished.
 */
export async function loadDemo(app: App, accounts: Accounts, report: Report): Promise<void> {
  const company = planCompany();
  const found = await app.db.asSystem('keeper', queries.readState);
  if (found?.ready) return;
  if (!found && (await app.db.asSystem('keeper', queries.hasWorkspace))) return;
  report('demo_company');
  const state = found ?? (await makeCompany(app, accounts, company));
  await importFiles(app, state, company, report);
  report('demo_matching');
  await matchAll(app, state.workspaceId);
  for (const [index, memberId] of state.memberIds.entries()) {
    if (index % 4 === 0) await touchUp(app, { workspaceId: state.workspaceId, memberId }, index);
  }
  await fillKnowledge(app, { workspaceId: state.workspaceId, memberId: state.memberIds[0]! });
  await app.db.asSystem('keeper', (tx) => fillPlan(tx, state));
  await tellFacts(app, state.workspaceId);
  await app.db.asSystem('keeper', async (tx) => {
    await queries.analyseTables(tx);
    await queries.writeState(tx, 'demo', { ...state, ready: true });
    await app.enqueue(tx, { workspaceId: state.workspaceId, task: 'demo.tell', payload: {} });
  });
}

async function makeCompany(app: App, accounts: Accounts, company: Company): Promise<queries.DemoState> {
  const accountIds: string[] = [];
  for (const { email, name } of company.members)
    accountIds.push((await accounts.find(email)) ?? (await accounts.create(email, null, name)));
  return app.db.asSystem('keeper', (tx) => queries.addCompany(tx, company, accountIds));
}

async function importFiles(app: App, state: queries.DemoState, company: Company, report: Report): Promise<void> {
  const waiting = [...company.files];
  let contacts = 0;
  let told = 0;
  const lane = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      contacts += await importFile(app, state, company, file);
      if (contacts < told + 4000) continue;
      told = contacts;
      report('demo_progress', { contacts, files: company.files.length - waiting.length, total: company.files.length });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** @returns how many contacts the file holds */
async function importFile(app: App, state: queries.DemoState, company: Company, file: PlannedFile): Promise<number> {
  const { workspaceId, memberIds } = state;
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const find = () => asKeeper((tx) => queries.findPlanned(tx, workspaceId, memberIds[file.member]!, file.fileName));
  const signal = new AbortController().signal;
  const before = await find();
  let importId = before?.import_id;
  if (!importId) {
    const data = await writeFile(file.kind, file.source, file.entries());
    const bookId = state.bookIds[company.books.indexOf(file.book)]!;
    importId = await asKeeper((tx) => queries.addUpload(tx, state, file, bookId, data));
  }
  await analyseImport(app, workspaceId, importId, signal);
  await asKeeper((tx) => queries.queueImport(tx, workspaceId, importId));
  await runImport(app, workspaceId, importId, signal);
  return (await find())?.progress_total ?? 0;
}

/** Each file has asked for its own matching; all cards at once come to the same in a third of the time. */
async function matchAll(app: App, workspaceId: string): Promise<void> {
  const cardIds = await app.db.asSystem('keeper', (tx) => queries.takeUnmatched(tx, workspaceId));
  await matchCards(app, workspaceId, cardIds, false);
}

/** Facts of one transaction. */
const factsTogether = 1000;

/** What customers did within the last year. Told again it stands once. */
async function tellFacts(app: App, workspaceId: string): Promise<void> {
  const pointIds = await app.db.asSystem('keeper', (tx) => queries.listCustomers(tx, workspaceId));
  const facts = factsOf(pointIds, new Date());
  for (let at = 0; at < facts.length; at += factsTogether)
    await app.db.asSystem('keeper', (tx) =>
      recordFacts(app, tx, workspaceId, 'demo', facts.slice(at, at + factsTogether)),
    );
  const task = { workspaceId, task: 'segments.build', payload: {}, queue: `segments ${workspaceId}` };
  await app.db.asSystem('keeper', (tx) => app.enqueue(tx, task));
}

/** What a member did by hand: notes, corrected titles, a card kept back. Once per member, in one transaction. */
async function touchUp(app: App, actor: Actor, member: number): Promise<void> {
  const r = random(member + 1);
  const after: (() => Promise<void>)[] = [];
  await app.db.asActor(actor, async (tx) => {
    if (await queries.hasWritten(tx, actor)) return;
    const main = (await listOwnBooks(tx, actor)).find((book) => book.main);
    const ids = await pageOwnCards(tx, actor, '00000000-0000-0000-0000-000000000000', 60);
    const cards = (await loadCards(tx, actor, ids)).filter((card) => card.book_no === main?.book_no);
    const editing = {
      app,
      tx,
      actor,
      country: 'FR',
      naming: 'as_typed' as const,
      afterCommit: (work: () => Promise<void>) => void after.push(work),
    };
    for (const [index, card] of cards.entries()) {
      const title = card.fields.find((field) => field.kind === 'title');
      if (index % 6 === 2) await queries.addNote(tx, actor, card, r.pick(notes), r.below(300));
      if (index % 19 === 4 && title) {
        const field = { kind: 'title' as const, value: { value: r.pick(titles.FR) } };
        await editFields(editing, card, { set: [{ no: title.no, field }] });
      }
      if (index % 40 === 7) await setWithheld(editing, card, true);
    }
  });
  for (const work of after) await work();
}
