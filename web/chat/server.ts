import type { Chat } from '../../server/conversations/chat-contract.ts';

/** `/chat/<workspace>/<channel>` */
const base = `/api/v1${location.pathname.replace(/\/+$/, '')}`;
const kept = `entregent-visitor ${location.pathname}`;

/** Answered with an error: by its status. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(String(status));
    this.status = status;
  }
}

let memory: string | null = null;

/** What the browser keeps for this frame; null where it keeps nothing for frames of other sites. */
function ownStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** Milliseconds that the site's page gets to say what it has kept for us. */
const patience = 500;

/** Where the frame may keep nothing, the page around it does: its script answers with the word it was given, if it was given one. */
const askParent = (): Promise<string | null> =>
  new Promise((done) => {
    const hear = ({ source, data }: MessageEvent) => {
      if (source !== parent || typeof data !== 'string' || !data.startsWith('entregent:visitor ')) return;
      removeEventListener('message', hear);
      done(/^entregent:visitor ([\w-]{43})$/.exec(data)?.[1] ?? null);
    };
    addEventListener('message', hear);
    parent.postMessage('entregent:visitor?', '*');
    setTimeout(() => done(null), patience);
  });

let asking: Promise<string> | undefined;

/** The word by which this visitor is known again. */
const visitor = (): Promise<string> =>
  (asking ??= findVisitor().catch((error) => {
    asking = undefined;
    throw error;
  }));

async function findVisitor(): Promise<string> {
  const storage = ownStorage();
  memory ??= storage ? storage.getItem(kept) : await askParent();
  if (memory) return memory;
  const answer = await fetch(`${base}/visitors`, { method: 'POST', headers: json, body: '{}' });
  if (!answer.ok) throw new Refused(answer.status);
  memory = ((await answer.json()) as { visitor: string }).visitor;
  if (storage) storage.setItem(kept, memory);
  else parent.postMessage(`entregent:visitor ${memory}`, '*');
  return memory;
}

const json = { 'content-type': 'application/json' };

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), 'x-visitor': await visitor() };
  const answer = await fetch(base + path, { ...init, headers });
  if (!answer.ok) throw new Refused(answer.status);
  return answer;
}

export const read = async (): Promise<Chat> => (await ask('')).json() as Promise<Chat>;

/** @param messageId the same when it is tried again */
export const say = (messageId: string, text: string): Promise<unknown> =>
  ask('/messages', { method: 'POST', headers: json, body: JSON.stringify({ messageId, text }) });

export const identify = (name: string, email: string): Promise<unknown> =>
  ask('/visitor', { method: 'PUT', headers: json, body: JSON.stringify({ name, email }) });

export const writing = (): Promise<unknown> => ask('/writing', { method: 'PUT', headers: json, body: '{}' });

export const sendFile = (messageId: string, file: File): Promise<unknown> =>
  ask(`/files?${new URLSearchParams({ name: file.name, type: file.type, messageId })}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
  });

/** A file as an address of this page alone. */
export const fileUrl = async (fileId: string): Promise<string> =>
  URL.createObjectURL(await (await ask(`/files/${fileId}`)).blob());

/** Milliseconds. */
const firstWait = 1000;
const longestWait = 30_000;

/** Calls whenever something was said, until the page goes. A stream that breaks is opened again after ever longer waits. */
export async function listen(hear: () => void): Promise<void> {
  for (let wait = firstWait; ; wait = Math.min(wait * 2, longestWait)) {
    try {
      const reader = (await ask('/live')).body!.getReader();
      const decoder = new TextDecoder();
      wait = firstWait;
      for (let piece = await reader.read(); !piece.done; piece = await reader.read())
        if (decoder.decode(piece.value, { stream: true }).includes('data:')) hear();
    } catch {
      // Nothing was said yet, or the line is down.
    }
    await new Promise((resume) => setTimeout(resume, wait));
    hear();
  }
}
