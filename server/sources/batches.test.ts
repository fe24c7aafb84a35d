import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { sourcesCrons } from './jobs.ts';
import { csv, importFile, listed, three, upload } from './testing.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

let people = 0;

/** Each test has a member of its own, so that no import meets another's contacts. */
const newMember = (): Promise<Member> => app.invite(alice, `Tester ${'abcdefgh'[people++]}`);

/** Runs an analysed import as its job does, so that a test can cut it off; from where it was cut off, the second time. */
async function runNow(member: Member, importId: string, signal = new AbortController().signal): Promise<void> {
  await app.query(
    `update sources.import i set state = 'queued', book_id = (select book_id from delegation.book b where b.holder_id = i.member_id and main)
     where import_id = $1 and state = 'ready'`,
    [importId],
  );
  const context = { app: app.app, workspaceId: member.me.workspace.id, signal };
  await app.tasks.find(({ name }) => name === 'sources.runImport')!.run({ importId }, context);
}

/** Makes up what the database may refuse, by given name: nothing known gets past the readers. */
async function refusing<T>(codes: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const cases = Object.entries(codes).map(([given, code]) => `when '${given}' then '${code}'`);
  await app.query(`create function cards.refuse_planted() returns trigger language plpgsql as $$
    declare code text := case new.value->>'given' ${cases.join(' ')} end;
    begin if code is not null then raise exception using errcode = code; end if; return new; end $$`);
  await app.query(
    `create trigger refuse_planted before insert on cards.card_field for each row execute function cards.refuse_planted()`,
  );
  return work().finally(() => app.query('drop function cards.refuse_planted cascade'));
}

describe('an import', () => {
  test('puts contacts that cannot be written aside and keeps the others', async () => {
    const member = await newMember();
    const rows = ['Good,One,one@example.org,,', 'Planted,Breach,two@example.org,,', 'Good,Two,three@example.org,,'];
    const done = await refusing({ Planted: '22023' }, () => importFile(app, member, 'cards.csv', csv(...rows)));
    expect(done).toMatchObject({ state: 'done', report: { created: 2, failed: 1 } });
    const failures = await (await member.fetch(`/imports/${done.id}/failures.csv`)).text();
    expect(failures).toContain('Planted');
    expect(failures).not.toContain('Good');
    expect(await listed(member)).toHaveLength(2);
    // What could not be written waits a month for whoever mends it, and is not kept for good.
    const forget = sourcesCrons.find(({ name }) => name === 'sources.forgetValues')!;
    const kept = () => app.query(`select from sources.import_failure where import_id = $1`, [done.id]);
    await app.query(`update sources.import set finished_at = now() - interval '29 days' where import_id = $1`, [
      done.id,
    ]);
    await forget.run(app.app);
    expect(await kept()).toHaveLength(1);
    await app.query(`update sources.import set finished_at = now() - interval '31 days' where import_id = $1`, [
      done.id,
    ]);
    await forget.run(app.app);
    expect(await kept()).toEqual([]);
  });

  test('knows those beside one that cannot be written for who they are, under another key too', async () => {
    const member = await newMember();
    await importFile(app, member, 'contacts.csv', three);
    const moved = three.replace('ada@engine.example', 'ada@new.example');
    const { sourceId } = (await member.call(contracts.listImports, {})).items[0]!;
    const done = await refusing({ Planted: '22023' }, () =>
      importFile(app, member, 'contacts.csv', `${moved}\nPlanted,Breach,two@example.org,,`, sourceId),
    );
    expect(done.report).toMatchObject({ created: 0, updated: 1, unchanged: 2, failed: 1, ended: 0 });
    expect(await listed(member)).toHaveLength(3);
  });

  test('that is cut off among contacts that cannot be written loses none of the others', async () => {
    const member = await newMember();
    const rows = [
      'Good,One,one@example.org,,',
      'Planted,Breach,two@example.org,,',
      'Cut,Off,three@example.org,,',
      'Good,Two,four@example.org,,',
    ];
    const { id: importId } = await upload(app, member, 'cards.csv', csv(...rows));
    // 57P01: what PostgreSQL says when it is shut down.
    await refusing({ Planted: '22023', Cut: '57P01' }, () => expect(runNow(member, importId)).rejects.toThrow());
    await refusing({ Planted: '22023' }, () => runNow(member, importId));
    await app.settle();
    const done = await member.call(contracts.getImport, { importId });
    expect(done).toMatchObject({ state: 'done', report: { created: 3, failed: 1, unchanged: 0 } });
    expect(await listed(member)).toHaveLength(3);
    const failures = await (await member.fetch(`/imports/${importId}/failures.csv`)).text();
    expect(failures.match(/Planted/g)).toHaveLength(1);
  });
});

describe('a large file', () => {
  const large = csv(
    ...Array.from({ length: 5000 }, (_, no) => `Given${no},Family${no},person${no}@example.org,,Company ${no % 50}`),
  );

  test('that is cancelled while it runs leaves nothing', async () => {
    const member = await newMember();
    const { id: importId } = await upload(app, member, 'large.csv', large);
    await member.call(contracts.startImport, { importId });
    await member.call(contracts.cancelImport, { importId });
    await app.settle();
    expect(await member.call(contracts.getImport, { importId })).toMatchObject({ state: 'cancelled' });
    expect(await listed(member)).toEqual([]);
    expect((await member.call(cards.getFacets, {})).total.count).toBe(0);
  });

  test('whose import is cut off in the middle is neither lost nor doubled', async () => {
    const member = await newMember();
    const { id: importId } = await upload(app, member, 'large.csv', large);
    let batches = 0;
    const cutAfterOne = {
      get aborted() {
        return ++batches > 1;
      },
    } as AbortSignal;
    await expect(runNow(member, importId, cutAfterOne)).rejects.toThrow('aborted');
    const half = await member.call(contracts.getImport, { importId });
    expect(half).toMatchObject({ state: 'running', progress: { read: 2000 } });
    await runNow(member, importId);
    await app.settle();
    const done = await member.call(contracts.getImport, { importId });
    expect(done).toMatchObject({ state: 'done', report: { created: 5000, updated: 0, unchanged: 0, identical: 0 } });
    expect((await member.call(cards.getFacets, {})).total).toEqual({ count: 5000, more: false, approximate: false });
    expect((await member.call(cards.listPeople, { q: 'person4999' })).items).toHaveLength(1);
  });
});
