// A small mailing tool: it asks somebody to lend it contacts, pulls those it may write to, "sends", and reports what happened.
// Nothing beyond Node.js 20. See README.md.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const server = process.env.ENTREGENT_URL ?? 'http://localhost:8080';
const file = process.env.MAILING_TOOL_FILE ?? 'mailing-tool.json';
const random = () => randomBytes(32).toString('base64url');

/** What is kept between two runs: the program's identity and its tokens. */
const load = () => JSON.parse(readFileSync(file, 'utf8'));
const save = (state) => writeFileSync(file, JSON.stringify(state, null, 2), { mode: 0o600 });

async function json(answer) {
  const body = await answer.json();
  if (answer.ok) return body;
  throw new Error(body.error_description ?? body.title ?? `The server answered ${answer.status}.`);
}

/** Which authorization server guards the API (RFC 9728), and where its doors are (RFC 8414). */
async function discover() {
  const resource = await json(await fetch(`${server}/.well-known/oauth-protected-resource/api/v1`));
  const issuer = new URL(resource.authorization_servers[0]);
  const metadata = await json(await fetch(`${issuer.origin}/.well-known/oauth-authorization-server${issuer.pathname}`));
  if (metadata.issuer !== issuer.href.replace(/\/$/, '')) throw new Error('The server is not who it says it is.');
  return { ...metadata, resource: resource.resource };
}

/** The identity that an admin gave it; else it registers itself, where the company allows that (RFC 7591). */
async function identify(metadata, redirectUri) {
  const { CLIENT_ID: id, CLIENT_SECRET: secret } = process.env;
  if (id) return { id, secret };
  if (!metadata.registration_endpoint)
    throw new Error('Set CLIENT_ID: an admin registers the program under Settings → Apps.');
  const made = await json(
    await fetch(metadata.registration_endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'Mailing tool',
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      }),
    }),
  );
  return { id: made.client_id };
}

async function askForTokens(metadata, client, fields) {
  const body = new URLSearchParams({ ...fields, ...(client.secret ? {} : { client_id: client.id }) });
  const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
  const tokens = await json(
    await fetch(metadata.token_endpoint, { method: 'POST', body, headers: client.secret ? { authorization } : {} }),
  );
  return { ...tokens, expires_at: Date.now() + tokens.expires_in * 1000 };
}

/** Waits at a port of this computer until the browser comes back. */
function waitForBrowser(http) {
  return new Promise((resolve) => {
    http.on('request', (request, reply) => {
      const url = new URL(request.url, 'http://127.0.0.1');
      if (url.pathname !== '/callback') return reply.writeHead(404).end();
      reply.setHeader('content-type', 'text/plain; charset=utf-8');
      reply.end(url.searchParams.has('code') ? 'Connected. You can close this page.' : 'Nothing was lent.', () =>
        resolve(url.searchParams),
      );
    });
  });
}

async function connect() {
  const metadata = await discover();
  const http = createServer();
  await new Promise((ready) => http.listen(Number(process.env.PORT ?? 0), '127.0.0.1', ready));
  const redirectUri = `http://127.0.0.1:${http.address().port}/callback`;
  const client = await identify(metadata, redirectUri);
  const [verifier, state] = [random(), random()];
  const question = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    scope: process.env.SCOPE ?? 'contacts:read contacts:contact facts:write offline_access',
    resource: metadata.resource,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  console.log(`Open this page in your browser:\n${metadata.authorization_endpoint}?${question}`);
  const answer = await waitForBrowser(http);
  http.close();
  // The answer must be to our question, and from the server we asked (RFC 9207).
  if (answer.get('state') !== state || answer.get('iss') !== metadata.issuer)
    throw new Error('This is no answer to us.');
  if (!answer.get('code')) throw new Error('Nothing was lent.');
  const tokens = await askForTokens(metadata, client, {
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: redirectUri,
    code_verifier: verifier,
    resource: metadata.resource,
  });
  save({ client, tokens });
  console.log('Connected.');
}

/** An access token that still holds; each refresh token is used once. */
async function accessToken() {
  const { client, tokens } = load();
  if (tokens.expires_at > Date.now() + 60_000) return tokens.access_token;
  const next = await askForTokens(await discover(), client, {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token,
  });
  save({ client, tokens: next });
  return next.access_token;
}

async function api(path, init = {}) {
  const headers = { authorization: `Bearer ${await accessToken()}`, 'content-type': 'application/json' };
  return json(await fetch(`${server}/api/v1${path}`, { ...init, headers }));
}

async function* contactable(purpose) {
  let after = '';
  do {
    const page = await api(
      `/apps/contactable?${new URLSearchParams({ purpose, limit: '200', ...(after && { after }) })}`,
    );
    yield* page.items;
    after = page.next;
  } while (after);
}

async function send(title) {
  const sent = [];
  for await (const { name, email } of contactable('newsletter')) {
    // Here a real tool would hand the message to its mail server.
    console.log(`To ${name} <${email}>: ${title}`);
    sent.push(email);
  }
  for (let from = 0; from < sent.length; from += 500) {
    const facts = sent.slice(from, from + 500).map((email) => ({
      // The same for the same message to the same person: reported again, it stands once.
      externalId: createHash('sha256').update(`${title} ${email}`).digest('hex'),
      email,
      kind: 'received',
      at: new Date().toISOString(),
      title,
    }));
    await api('/facts', { method: 'POST', body: JSON.stringify({ facts }) });
  }
  console.log(`${sent.length} sent and reported.`);
}

/** `report attended jeanne@example.org "Autumn seminar"`: what somebody did. */
async function report(kind, email, title) {
  const fact = { externalId: random(), email, kind, at: new Date().toISOString(), title };
  const { items } = await api('/facts', { method: 'POST', body: JSON.stringify({ facts: [fact] }) });
  console.log(items[0].kept ? 'Reported.' : 'This contact is not lent to us.');
}

const [command, ...words] = process.argv.slice(2);
const commands = { connect, send, report };
try {
  if (!commands[command]) throw new Error('connect | send TITLE | report KIND EMAIL TITLE');
  await commands[command](...words);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
