import './chat.css';
import type { Chat, ChatMessage } from '../../server/conversations/chat-contract.ts';
import * as server from './server.ts';
import { filled, wordsOf } from './words.ts';

// The page in the window on a site: plain elements, so that it is there at once on every site. Text is set as text, never as HTML.

const asked = new URLSearchParams(location.search).get('lang') ?? navigator.language;
const words = wordsOf(asked);
document.documentElement.lang = words === wordsOf('fr') ? 'fr' : 'en';
document.title = words.title;

/** What was written and has not been taken yet, by the id it goes under. */
const waiting = new Map<string, { text: string; failed: boolean }>();
let chat: Chat | undefined;
let listening = false;
/** What they have said of themselves before their first word; told with it. */
let introduced: { name: string; email: string } | null = null;

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> & { class?: string } = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const { class: className = '', ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest, { className });
  made.append(...children);
  return made;
}

const head = element('p', { class: 'company' });
const state = element('p', { class: 'state' });
const close = element('button', { type: 'button', class: 'close', ariaLabel: words.close, textContent: '×' });
const log = element('div', { class: 'log', role: 'log', tabIndex: 0, ariaLabel: words.title });
const status = element('p', { class: 'status', role: 'status' });
const who = element('form', { class: 'who', noValidate: true, hidden: true });
const form = element('form', { class: 'write' });
const box = element('textarea', { rows: 2, maxLength: 4000, placeholder: words.placeholder, ariaLabel: words.yours });
const attach = element('input', { type: 'file', id: 'file', class: 'unseen' });

function draw(): void {
  if (!chat) return;
  head.textContent = chat.company;
  state.textContent = chat.online ? words.online : words.offline;
  state.dataset.online = String(chat.online);
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  const greeting =
    document.documentElement.lang === 'fr'
      ? chat.greeting.fr || chat.greeting.en
      : chat.greeting.en || chat.greeting.fr;
  log.replaceChildren(
    ...(greeting ? [element('p', { class: 'greeting', dir: 'auto', textContent: greeting })] : []),
    ...chat.messages.map(messageOf),
    ...[...waiting].map(([id, { text, failed }]) => waitingOf(id, text, failed)),
  );
  status.textContent = chat.writing ? filled(words.writing, { company: chat.company }) : '';
  const known = chat.known ?? introduced;
  const wantsName = known === null && (chat.asks === 'email' || (!chat.online && chat.messages.length > 0));
  who.hidden = !wantsName;
  form.hidden = chat.asks === 'email' && known === null;
  lead.textContent = form.hidden ? words.askFirst : words.askOffline;
  // Last: what asks who they are takes its room from what was said.
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function messageOf(message: ChatMessage): HTMLElement {
  const at = new Date(message.at);
  const time = new Intl.DateTimeFormat(document.documentElement.lang, {
    ...(Date.now() - at.getTime() > 86_400_000 ? { day: 'numeric', month: 'short' } : {}),
    ...{ hour: '2-digit', minute: '2-digit' },
  }).format(at);
  return element(
    'article',
    { class: message.mine ? 'message mine' : 'message' },
    element('p', { class: 'author', textContent: message.mine ? words.you : message.author || chat!.company }),
    element('p', {
      class: message.deleted ? 'text gone' : 'text',
      dir: 'auto',
      textContent: message.deleted ? words.deleted : message.text,
    }),
    ...message.files.map(fileOf),
    element('time', { dateTime: message.at, textContent: time }),
  );
}

/** Addresses of files that were fetched: a redraw does not fetch them again. */
const addresses = new Map<string, Promise<string>>();

function fileOf({ id, name, image }: ChatMessage['files'][number]): HTMLElement {
  const link = element('a', { class: 'file', download: name, textContent: name });
  if (!addresses.has(id)) addresses.set(id, server.fileUrl(id));
  void addresses.get(id)!.then(
    (url) => {
      link.href = url;
      if (image) link.replaceChildren(element('img', { src: url, alt: name }));
    },
    () => addresses.delete(id),
  );
  return link;
}

function waitingOf(id: string, text: string, failed: boolean): HTMLElement {
  const again = element('button', { type: 'button', textContent: words.again });
  again.addEventListener('click', () => void send(id, text));
  return element(
    'article',
    { class: 'message mine waiting' },
    element('p', { class: 'text', dir: 'auto', textContent: text }),
    ...(failed ? [element('p', { class: 'failed' }, `${words.failed} `, again)] : []),
  );
}

async function look(): Promise<void> {
  try {
    chat = await server.read();
    for (const id of sent) if (chat.messages.length > 0) waiting.delete(id);
    sent.clear();
    parent.postMessage(`entregent:colour ${chat.colour}`, '*');
    document.documentElement.style.setProperty('--accent', chat.colour);
    draw();
    if (!listening && chat.messages.length > 0) {
      listening = true;
      void server.listen(() => void look());
    }
  } catch {
    state.textContent = words.away;
  }
}

/** Those that the server has taken: they stand in what is read next. */
const sent = new Set<string>();

async function send(id: string, text: string): Promise<void> {
  waiting.set(id, { text, failed: false });
  draw();
  log.scrollTop = log.scrollHeight;
  try {
    await server.say(id, text);
    if (introduced && chat?.known === null) await server.identify(introduced.name, introduced.email);
    sent.add(id);
    await look();
  } catch (error) {
    waiting.set(id, { text, failed: true });
    draw();
    if (error instanceof server.Refused && error.status === 429) status.textContent = words.slower;
  }
}

const name = element('input', { name: 'name', autocomplete: 'name', placeholder: words.name, ariaLabel: words.name });
const email = element('input', {
  name: 'email',
  type: 'email',
  required: true,
  autocomplete: 'email',
  placeholder: words.email,
  ariaLabel: words.email,
});
const lead = element('p', { textContent: words.askOffline });
who.append(lead, name, email, element('button', { type: 'submit', textContent: words.keep }));
who.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!email.checkValidity()) {
    status.textContent = words.wrongEmail;
    email.focus();
    return;
  }
  const said = { name: name.value, email: email.value };
  const kept = () => {
    introduced = said;
    draw();
    status.textContent = words.kept;
    box.focus();
  };
  // Before their first word there is nothing that it could stand with.
  if (chat?.messages.length === 0) kept();
  else void server.identify(said.name, said.email).then(kept, () => (status.textContent = words.wrongEmail));
});

let told = 0;
box.addEventListener('input', () => {
  // Every four seconds at most: it holds for six.
  if (Date.now() - told < 4000 || !chat || chat.messages.length === 0) return;
  told = Date.now();
  void server.writing().catch(() => {});
});
box.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (text === '') return;
  box.value = '';
  void send(crypto.randomUUID(), text);
});
attach.addEventListener('change', () => {
  const file = attach.files?.[0];
  attach.value = '';
  if (!file) return;
  if (file.size > 10 * 2 ** 20) {
    status.textContent = words.tooLarge;
    return;
  }
  status.textContent = words.sending;
  server.sendFile(crypto.randomUUID(), file).then(look, () => (status.textContent = words.failed));
});
close.addEventListener('click', () => parent.postMessage('entregent:close', '*'));
addEventListener('keydown', ({ key }) => key === 'Escape' && parent.postMessage('entregent:close', '*'));

form.append(
  box,
  element(
    'div',
    { class: 'tools' },
    element('label', { class: 'attach', htmlFor: 'file', textContent: words.attach }),
    attach,
    element('button', { type: 'submit', textContent: words.send }),
  ),
);
document
  .getElementById('chat')!
  .append(element('header', {}, element('div', {}, head, state), close), log, who, status, form);
void look().then(() => box.focus());
// Whether somebody is there changes without a word to us.
setInterval(() => document.visibilityState === 'visible' && void look(), 60_000);
