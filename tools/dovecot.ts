import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = '/usr/sbin/dovecot';
/** The user "nobody", whose all mailboxes are. */
const nobody = 65_534;

/** Debian's Dovecot, which only root can run with throw-away users. */
export const findDovecot = (): string | undefined =>
  existsSync(program) && process.getuid?.() === 0 ? program : undefined;

/** A mail server on loopback with any user, each with the password `secret`, and nothing in their mailboxes yet. */
export interface Dovecot {
  port: number;
  /** Puts a message into a folder, as a delivery would. */
  deliver(user: string, folder: string, message: string): void;
  /** As after a restore from a backup: the folder's messages have other UIDs from now on. */
  renumber(user: string, folder: string): void;
  /** Stops listening, and lets go of whoever is signed in. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const folders = [
  ['Sent', '\\Sent'],
  ['Drafts', '\\Drafts'],
  ['Junk', '\\Junk'],
  ['Trash', '\\Trash'],
  ['Clients', ''],
  ['Personnel', ''],
] as const;

function configuration(home: string, port: number): string {
  return `
protocols = imap
listen = 127.0.0.1
base_dir = ${home}/run
state_dir = ${home}/run
log_path = ${home}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${home}/mail/%u
}
mail_location = maildir:~/Maildir
first_valid_uid = 1
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
mail_max_userip_connections = 100
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
namespace inbox {
  inbox = yes
  separator = /
${folders
  .map(([name, use]) => `  mailbox ${name} {\n    auto = create\n${use && `    special_use = ${use}\n`}  }`)
  .join('\n')}
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('close', () => {});
    setTimeout(() => socket.destroy(), 50).unref();
  });

export async function openDovecot(): Promise<Dovecot> {
  const home = mkdtempSync(join(tmpdir(), 'entregent-dovecot-'));
  chmodSync(home, 0o755);
  mkdirSync(join(home, 'mail'), { mode: 0o755 });
  chownSync(join(home, 'mail'), nobody, nobody);
  const port = await freePort();
  writeFileSync(join(home, 'dovecot.conf'), configuration(home, port));
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(program, ['-F', '-c', join(home, 'dovecot.conf')], { stdio: 'ignore', detached: true });
    for (let waited = 0; !(await answers(port)); waited += 50) {
      if (waited > 10_000) throw new Error(`Dovecot does not answer; see ${home}/log.`);
      await sleep(50);
    }
  };
  const stop = async () => {
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child!.once('exit', done));
    // All of them at once: asked to end, it would serve who is signed in to the end.
    process.kill(-child.pid!, 'SIGKILL');
    await ended;
  };
  const folderOf = (user: string, folder: string) =>
    join(home, 'mail', user, 'Maildir', ...(folder === 'INBOX' ? [] : [`.${folder}`]));
  let count = 0;
  await start();
  return {
    port,
    deliver(user, folder, message) {
      const at = folderOf(user, folder);
      for (const part of [join(home, 'mail', user), join(home, 'mail', user, 'Maildir'), at])
        if (!existsSync(part)) {
          mkdirSync(part);
          chownSync(part, nobody, nobody);
        }
      for (const part of ['cur', 'new', 'tmp']) {
        if (existsSync(join(at, part))) continue;
        mkdirSync(join(at, part));
        chownSync(join(at, part), nobody, nobody);
      }
      const name = `${1_790_000_000 + ++count}.M${count}P1.loopback`;
      writeFileSync(join(at, 'tmp', name), message.replaceAll(/\r?\n/g, '\r\n'));
      chownSync(join(at, 'tmp', name), nobody, nobody);
      renameSync(join(at, 'tmp', name), join(at, 'new', name));
    },
    renumber(user, folder) {
      for (const file of ['dovecot-uidlist', 'dovecot.index', 'dovecot.index.log', 'dovecot.index.cache'])
        rmSync(join(folderOf(user, folder), file), { force: true });
      rmSync(join(home, 'mail', user, 'Maildir', 'dovecot-uidvalidity'), { force: true });
    },
    start,
    stop,
    async close() {
      await stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
