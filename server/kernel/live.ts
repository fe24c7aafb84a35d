import type { FastifyReply, FastifyRequest } from 'fastify';
import pg from 'pg';
import { type Announcement, announcement, channel, type Topic } from './announce.ts';
import type { App } from './app.ts';
import { livePath } from './contract.ts';
import { type Actor, openedAs } from './database.ts';
import { AppError } from './errors.ts';
import { apiPrefix, authorise, type Routes } from './http.ts';
import type { ApiPaths } from './openapi.ts';

/** A page that listens. */
interface Listener {
  actor: Actor;
  /** @param subject what it is about, where that is said */
  send(about: Topic | 'again', subject?: string): void;
  /** Looks whether the session that opened it still stands, and ends it otherwise. */
  recheck(): void;
}

export interface LiveHub {
  add(listener: Listener): () => void;
  countOf(actor: Actor): number;
  /** Members of a workspace who look at a page of this process just now. */
  listening(workspaceId: string): Set<string>;
  /** Hears of one subject alone, for who is no member; `hear` is called too where something may have been missed. @returns ends it */
  watch(subject: string, hear: () => void): () => void;
  close(): Promise<void>;
}

/** Any login of the database may NOTIFY, those of BI too: what is not ours is passed over. */
function readAnnouncement(payload: string | undefined): Announcement | undefined {
  try {
    return announcement.parse(JSON.parse(payload ?? ''));
  } catch {
    return undefined;
  }
}

/** Milliseconds until a lost connection is tried again. */
const retryAfter = 1000;

/** Listens for the whole process, on one connection of its own; words that were missed while it was broken are made up for by `again`. */
export async function openLiveHub(url: string): Promise<LiveHub> {
  const byWorkspace = new Map<string, Set<Listener>>();
  const bySubject = new Map<string, Set<() => void>>();
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function tell({ workspaceId, members, topic: about, subject }: Announcement): void {
    if (subject) for (const hear of bySubject.get(subject) ?? []) hear();
    for (const listener of byWorkspace.get(workspaceId) ?? []) {
      if (members !== null && !members.includes(listener.actor.memberId)) continue;
      if (about === 'session') listener.recheck();
      else listener.send(about, subject ?? undefined);
    }
  }
  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, options: openedAs, application_name: 'entregent-live' });
    next.on('notification', ({ payload }) => {
      const said = readAnnouncement(payload);
      if (said) tell(said);
    });
    next.on('error', () => {});
    next.on('end', () => {
      if (!closed) timer = setTimeout(reconnect, retryAfter);
    });
    await next.connect();
    await next.query(`listen ${channel}`);
    client = next;
  }
  async function reconnect(): Promise<void> {
    try {
      await connect();
      for (const listeners of byWorkspace.values()) for (const listener of listeners) listener.send('again');
      for (const watchers of bySubject.values()) for (const hear of watchers) hear();
    } catch {
      if (!closed) timer = setTimeout(reconnect, retryAfter);
    }
  }
  await connect();
  return {
    add(listener) {
      const { workspaceId } = listener.actor;
      const listeners = byWorkspace.get(workspaceId) ?? new Set();
      byWorkspace.set(workspaceId, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) byWorkspace.delete(workspaceId);
      };
    },
    countOf: ({ workspaceId, memberId }) =>
      [...(byWorkspace.get(workspaceId) ?? [])].filter(({ actor }) => actor.memberId === memberId).length,
    listening: (workspaceId) => new Set([...(byWorkspace.get(workspaceId) ?? [])].map(({ actor }) => actor.memberId)),
    watch(subject, hear) {
      const watchers = bySubject.get(subject) ?? new Set();
      bySubject.set(subject, watchers.add(hear));
      return () => {
        watchers.delete(hear);
        if (watchers.size === 0) bySubject.delete(subject);
      };
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}

/** Open streams of one member in one process; a page beyond asks now and then instead. */
const mostStreams = 8;
/** Between two signs of life: proxies cut a stream that is silent for a minute or less. */
const heartbeat = 25_000;
/**
 * Signs of life after which a stream looks whether its session still stands, of which nobody has said that it ended: that it has
 * expired, or been ended from the command line. To look at each one cost 500 open pages half a minute of everybody's time.
 */
const recheckedEvery = 10;
/** Words of one kind that follow each other closer than this are told once; who talks with somebody waits less. */
const quiet = 400;
const quietInTalk = 100;
/** Octets that wait for a reader who does not read any more. */
const mostWaiting = 64 * 1024;

export const livePaths: ApiPaths = {
  [livePath]: {
    get: {
      operationId: 'live.listen',
      summary: 'Server-sent events that say what kind of thing has changed (`event: feed`…), never what',
      scope: 'contacts:read',
      answers: ['text/event-stream'],
    },
  },
};

/** `GET /api/v1/live`: server-sent events (WHATWG HTML, 9.2) for whoever is signed in. */
export function liveRoutes(hub: LiveHub): Routes {
  return (server, app) => {
    server.get(apiPrefix + livePath, async (request, reply) => {
      const contract = { access: 'member', scope: 'contacts:read', method: 'GET' } as const;
      const { actor } = await authorise(app, request, contract);
      if (hub.countOf(actor) >= mostStreams) throw new AppError('too_many_requests');
      stream(app, hub, request, reply, actor);
    });
  };
}

function stream(app: App, hub: LiveHub, request: FastifyRequest, reply: FastifyReply, actor: Actor): void {
  reply.hijack();
  const { raw } = reply;
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
  raw.writeHead(200, { ...reply.getHeaders(), ...headers } as Record<string, string>);
  const write = (text: string) => {
    if (raw.writableLength > mostWaiting) raw.destroy();
    else raw.write(text);
  };
  const slow = paced(write, quiet);
  const quick = paced(write, quietInTalk);
  const recheck = () =>
    void standsFor(app, request, actor).then(
      (stands) => stands || raw.end(),
      // The database is away for a moment: that says nothing of the session.
      () => {},
    );
  const remove = hub.add({
    actor,
    recheck,
    send: (about, subject = '') =>
      (about === 'conversations' ? quick : slow).say(`event: ${about}\ndata:${subject && ` ${subject}`}\n\n`),
  });
  // Each stream at its own time: many that were opened together must not all ask at once.
  let beats = Math.floor(Math.random() * recheckedEvery);
  const beat = setInterval(() => {
    write(':\n\n');
    if (++beats % recheckedEvery === 0) recheck();
  }, heartbeat);
  raw.on('close', () => {
    clearInterval(beat);
    slow.end();
    quick.end();
    remove();
  });
  write('retry: 3000\nevent: hello\ndata:\n\n');
}

/** Says each word at once after a silence, and what comes within `ms` milliseconds after it together, each once. */
function paced(write: (text: string) => void, ms: number) {
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    if (waiting.size === 0) return;
    write([...waiting].join(''));
    waiting.clear();
    timer = setTimeout(flush, ms);
  };
  return {
    say(word: string) {
      waiting.add(word);
      if (timer === undefined) flush();
    },
    end: () => clearTimeout(timer),
  };
}

/** Whether the request's session or key still opens the same workspace to the same member. */
async function standsFor(app: App, request: FastifyRequest, { workspaceId, memberId }: Actor): Promise<boolean> {
  try {
    const caller = await app.identify(request);
    return caller?.actor.workspaceId === workspaceId && caller.actor.memberId === memberId;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
