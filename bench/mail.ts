import { synchronise } from '../server/connectors/syncing.ts';
import { imap } from '../server/correspondents/imap.ts';
import { labelled } from '../server/formats/signatures/labelled.ts';
import { newId } from '../server/kernel/ids.ts';
import { findDovecot, openDovecot } from '../tools/dovecot.ts';
import { print, seconds } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'mail: messages a minute read from a local Dovecot, with their signatures; needs Dovecot, and root';

const user = 'bench@maison.example';
const count = 6000;

/** Mails of 600 writers, with and without signatures, in HTML and text; every fifth has an attachment of 200 kB. */
function* messages(): Generator<string> {
  const texts = labelled().map(({ raw }) => raw.replaceAll('\r\n', '\n'));
  const attachment = 'QUJD'.repeat(19).concat('\n').repeat(2600);
  for (let no = 0; no < count; no++) {
    const raw = texts[no % texts.length]!.replace(/^(From: .*?)([\w.-]+)@/m, `$1$2.${no % 600}@`);
    const [head = '', ...body] = raw.split('\n\n');
    const id = `Message-ID: <bench-${no}@bench.example>`;
    if (no % 5 > 0) yield `${id}\n${head}\n\n${body.join('\n\n')}`;
    else {
      const type = /^content-[^\n]*(?:\n[ \t][^\n]*)*/gim;
      const own = head.match(type) ?? [];
      yield `${id}\n${head
        .replaceAll(type, '')
        .replaceAll(/\n{2,}/g, '\n')
        .trim()}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="bench"\n\n--bench\n${own.join('\n')}\n\n${body.join('\n\n')}\n--bench\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n${attachment}\n--bench--\n`;
    }
  }
}

async function connect({ owner, app, workspaceId, memberId, bookId }: Stage, port: number): Promise<string> {
  const [sourceId, connectionId] = [newId(), newId()];
  await owner.query(
    `insert into sources.source (workspace_id, source_id, holder_id, name, kind) values ($1, $2, $3, 'bench', 'imap')`,
    [workspaceId, sourceId, memberId],
  );
  const settings = { host: '127.0.0.1', port, security: 'none', user, addresses: [] };
  await owner.query(
    `insert into connectors.connection (workspace_id, connection_id, member_id, source_id, book_id, kind, settings, secret, place,
       place_name, two_way, wanted_at)
     values ($1, $2, $3, $4, $5, 'imap', $6, $7, 'mailbox', $8, false, now())`,
    [
      workspaceId,
      connectionId,
      memberId,
      sourceId,
      bookId,
      JSON.stringify(settings),
      app.secrets.encrypt(JSON.stringify({ password: 'secret' })),
      user,
    ],
  );
  return connectionId;
}

export async function run(): Promise<void> {
  if (!findDovecot()) {
    process.stdout.write('Dovecot is not there, or this is not root.\n');
    return;
  }
  const dovecot = await openDovecot();
  const stage = await openStage();
  try {
    for (const message of messages()) dovecot.deliver(user, 'INBOX', message);
    stage.app.config.privateNetworks.push('127.0.0.1');
    const connectionId = await connect(stage, dovecot.port);
    const { signal } = new AbortController();
    let left = true;
    const taken = await seconds(async () => {
      while (left) {
        await synchronise(stage.app, [imap], { workspaceId: stage.workspaceId, connectionId, removals: false }, signal);
        const { rows } = await stage.owner.query(
          `update connectors.connection set wanted_at = now() where coalesce(cursor ->> 'done', 'false') = 'false' returning problem`,
        );
        left = rows.length > 0;
        if (rows[0]?.problem) throw new Error(rows[0].problem);
      }
    });
    const { rows } = await stage.owner.query(
      `select read_count, machine_count, (select count(*)::int from correspondents.correspondent) as people,
         (select count(*)::int from correspondents.proposal) as proposals from correspondents.mailbox`,
    );
    const { read_count: read, machine_count: machines, people, proposals } = rows[0];
    print({ name: 'messages read a minute', measured: (read / taken) * 60, unit: '', atLeast: 3000 });
    print({ name: `of ${count} messages, read`, measured: read, unit: '' });
    print({ name: 'by machines', measured: machines, unit: '' });
    print({ name: 'correspondents', measured: people, unit: '' });
    print({ name: 'proposals', measured: proposals, unit: '' });
    print({ name: 'peak memory of the process', measured: process.resourceUsage().maxRSS / 1024, unit: 'MB' });
  } finally {
    await stage.close();
    await dovecot.close();
  }
}
