import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { methods } from '../server/dav/options.ts';
import { readConfig, root, version } from '../server/kernel/config.ts';
import { livePath, metricsPath, readyPath } from '../server/kernel/operating.ts';

// What stands in deploy/ for operators names options, addresses and times of the product, which move on without it.

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const lines = (text: string) => text.split('\n').map((line) => line.trim());
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((found) => found[1]!);

/** What the product reads from its environment, and what every program does. */
const variables = new Set([
  ...['config.ts', 'secrets.ts', 'compiled.ts'].flatMap((file) =>
    matches(read(`server/kernel/${file}`), /\benv\.([A-Z_]+)/g),
  ),
  ...['LANG', 'NODE_ENV', 'PATH'],
]);
const secrets = ['DATABASE_URL', 'ENTREGENT_MASTER_KEY', 'METRICS_TOKEN'];

const millisecondsOf = (file: string, pattern: RegExp) =>
  Number(pattern.exec(read(file))![1]!.replaceAll('_', '')) / 1000;
/** Seconds that jobs in hand get, and the embedded PostgreSQL after them. */
const toStop =
  millisecondsOf('server/kernel/jobs.ts', /patienceAtEnd = ([\d_]+)/) +
  millisecondsOf('server/kernel/embedded.ts', /waited < ([\d_]+) && isAlive/);
const heartbeat = millisecondsOf('server/kernel/live.ts', /heartbeat = ([\d_]+)/);

test('the product reads the variables that these tests know of', () => {
  for (const name of [...secrets, 'PUBLIC_URL', 'NODE_COMPILE_CACHE']) expect(variables).toContain(name);
  expect(toStop).toBeGreaterThan(10);
});

describe('the unit of systemd', () => {
  const unit = lines(read('deploy/systemd/entregent.service')).filter((line) => /^[A-Z]\w+=/.test(line));
  const settings = new Map(unit.map((line) => [line.split('=')[0]!, line.slice(line.indexOf('=') + 1)]));
  const environment = lines(read('deploy/systemd/entregent.env'));

  test('starts the product, by options that it understands', () => {
    const [program, main, command, ...args] = settings.get('ExecStart')!.split(' ');
    expect(program).toMatch(/\/node$/);
    const { bin } = JSON.parse(read('package.json'));
    expect(main!.endsWith(`/node_modules/entregent/${bin.entregent}`)).toBe(true);
    expect(command).toBe('start');
    expect(readConfig(args, {}).dataDir).toBe(`/var/lib/${settings.get('StateDirectory')}`);
    expect(settings.get('ReadWritePaths')).toBe(readConfig(args, {}).dataDir);
  });

  test('has it run as a user without rights beyond its folder', () => {
    expect(settings.get('User')).toBe('entregent');
    expect(settings.get('ProtectSystem')).toBe('strict');
    for (const name of ['NoNewPrivileges', 'PrivateTmp', 'ProtectHome']) expect(settings.get(name), name).toBe('true');
    // PostgreSQL is reached through a socket; JavaScript is compiled while it runs.
    expect(settings.get('RestrictAddressFamilies')!.split(' ')).toEqual(expect.arrayContaining(['AF_UNIX', 'AF_INET']));
    expect(settings.has('MemoryDenyWriteExecute')).toBe(false);
  });

  test('asks the product alone to stop, and gives it the time it needs', () => {
    expect(settings.get('KillMode')).toBe('mixed');
    expect(Number(settings.get('TimeoutStopSec'))).toBeGreaterThan(toStop);
  });

  test('comes with variables that the product reads', () => {
    const given = environment.filter((line) => /^#?[A-Z_]+=/.test(line)).map((line) => line.replace('#', ''));
    for (const line of [...given, settings.get('Environment')!]) expect(variables).toContain(line.split('=')[0]);
    const set = environment.filter((line) => /^[A-Z_]+=/.test(line)).map((line) => line.split('='));
    const config = readConfig([], Object.fromEntries(set));
    expect(config).toMatchObject({ publicUrl: 'https://contacts.example.com', trustedProxies: ['127.0.0.1'] });
    for (const name of secrets) expect(set.map(([one]) => one)).not.toContain(name);
  });
});

describe('the image', () => {
  const text = read('deploy/Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ');
  const steps = lines(text).filter(Boolean);
  const last = steps.slice(steps.findLastIndex((step) => step.startsWith('FROM')));
  const argument = (name: string) =>
    last
      .find((step) => step.startsWith(`${name} `))!
      .slice(name.length + 1)
      .trim();
  const env: Record<string, string> = Object.fromEntries(
    matches(argument('ENV'), /(\S+=\S+)/g).map((pair) => pair.split('=') as [string, string]),
  );

  test('is made of what the package is made of, and of nothing else', () => {
    const [first, ...taken] = lines(read('.dockerignore')).filter((line) => line && !line.startsWith('#'));
    expect(first).toBe('*');
    const names = taken.map((line) => line.replace(/^!/, ''));
    for (const name of names) expect(existsSync(join(root, name)), name).toBe(true);
    const { files } = JSON.parse(read('package.json'));
    const sources = JSON.parse(read('tsconfig.build.json')).include.map((path: string) => path.split('/')[0]);
    const needed = files.filter((path: string) => !path.includes('dist/'));
    expect(names).toEqual(expect.arrayContaining([...new Set([...needed, ...sources])]));
    for (const name of names) expect(name).not.toMatch(/data|\.env|deploy/);
  });

  test('runs as a user who is not root, and tells whether it can serve', () => {
    expect(argument('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(argument('HEALTHCHECK')).toContain(`}${readyPath}\``);
    expect(argument('EXPOSE')).toBe(env.PORT);
  });

  test('keeps the data where the product looks for them, and no secret', () => {
    for (const name of Object.keys(env)) expect(variables).toContain(name);
    const config = readConfig([], env);
    expect(config.dataDir).toBe(argument('VOLUME'));
    expect([config.host, config.port]).toEqual(['0.0.0.0', 8080]);
    for (const name of [...secrets, 'ARG ']) expect(steps.join('\n')).not.toContain(name);
  });

  test('stands on a Node that runs the build unbuilt', () => {
    for (const major of matches(text, /^FROM node:(\d+)/gm)) expect(Number(major)).toBeGreaterThanOrEqual(24);
  });
});

describe('Compose', () => {
  type Service = Record<'environment', Record<string, string | null>> & Record<string, unknown>;
  const { services, networks } = parse(read('deploy/compose.yaml'), { merge: true }) as {
    services: Record<string, Service>;
    networks: { default: { ipam: { config: { gateway: string }[] } } };
  };
  const filled = (value: string) =>
    value.replaceAll(/\$\{(\w+)[^}]*\}/g, (_all, name) =>
      name === 'PUBLIC_URL' ? 'https://contacts.example.com' : 'x',
    );
  const ours = Object.entries(services).filter(([, one]) => one.build);

  test('starts the product beside its own database, or beside another', () => {
    expect(ours.map(([, one]) => one.profiles)).toEqual([['embedded'], ['postgres']]);
    expect(ours.map(([, one]) => 'DATABASE_URL' in one.environment)).toEqual([false, true]);
    for (const [name, one] of ours) {
      for (const variable of Object.keys(one.environment)) expect(variables, name).toContain(variable);
      const set = Object.entries(one.environment).flatMap(([key, value]) => (value ? [[key, filled(value)]] : []));
      const config = readConfig([], Object.fromEntries(set));
      expect(config.trustedProxies).toEqual([networks.default.ipam.config[0]!.gateway]);
    }
  });

  test('opens it to this machine only, and lets it stop in order', () => {
    for (const [, one] of ours) {
      expect(one.ports).toEqual(['127.0.0.1:8080:8080']);
      expect(one.volumes).toEqual(['data:/var/lib/entregent']);
      expect(one.init).toBe(true);
      expect(Number(/^(\d+)s$/.exec(one.stop_grace_period as string)![1])).toBeGreaterThan(toStop);
    }
  });

  test('holds no password, and mounts files that are there', () => {
    for (const { environment } of Object.values(services))
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|TOKEN|KEY|DATABASE_URL/.test(name)) expect(value ?? '${').toContain('${');
    const mounted = matches(read('deploy/compose.yaml'), /'(\.\/[^:]+):/g);
    expect(mounted.length).toBeGreaterThan(0);
    for (const path of mounted) expect(existsSync(join(root, 'deploy', path)), path).toBe(true);
  });
});

describe('the chart', () => {
  const folder = 'deploy/helm/entregent';
  const values = parse(read(`${folder}/values.yaml`));
  const schema = z.fromJSONSchema(JSON.parse(read(`${folder}/values.schema.json`)));
  const templates = readdirSync(join(root, folder, 'templates')).map((name) => read(`${folder}/templates/${name}`));
  const all = templates.join('\n');

  test('has values that its schema allows, and a schema that refuses others', () => {
    expect(schema.safeParse(values).error).toBeUndefined();
    for (const wrong of [
      { ...values, replicas: 2 },
      { ...values, replicaCount: 'two' },
      { ...values, publicUrl: 'contacts.example.com' },
      { ...values, trustedProxies: [''] },
      { ...values, ingress: { ...values.ingress, hosts: [] } },
    ])
      expect(schema.safeParse(wrong).success).toBe(false);
  });

  test('asks for values that are there, and has none that nobody asks for', () => {
    const asked = [...new Set(matches(all, /\.Values\.([A-Za-z.]+)/g))];
    const find = (path: string) =>
      path
        .split('.')
        .reduce((at: unknown, name) => (at as Record<string, unknown> | undefined)?.[name], values as unknown);
    for (const path of asked) expect(find(path), path).toBeDefined();
    const isAsked = (path: string): boolean =>
      asked.includes(path) || (path.includes('.') && isAsked(path.slice(0, path.lastIndexOf('.'))));
    const leaves = (at: Record<string, unknown>, before = ''): string[] =>
      Object.entries(at).flatMap(([name, value]) =>
        value && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0
          ? leaves(value as Record<string, unknown>, `${before}${name}.`)
          : [before + name],
      );
    expect(leaves(values).filter((path) => !isAsked(path))).toEqual([]);
  });

  test('closes every block that it opens', () => {
    for (const text of templates)
      expect(matches(text, /\{\{-? (if|with|range|define) /g).length).toBe(
        matches(text, /\{\{-? (end) -?\}\}/g).length,
      );
  });

  test('gives the product what it reads, its secrets by name only', () => {
    const given = matches(all, /- name: ([A-Z_]+)$/gm);
    for (const name of given) expect(variables).toContain(name);
    expect(given).toEqual(expect.arrayContaining([...secrets, 'PUBLIC_URL', 'HOST']));
    for (const name of secrets) expect(all).toMatch(new RegExp(`- name: ${name}\\n +valueFrom:\\n +secretKeyRef:`));
  });

  test('asks for the addresses that tell how it is', () => {
    const probed = (probe: string) => new RegExp(`${probe}:\\n +httpGet:\\n +path: (\\S+)`).exec(all)?.[1];
    expect([probed('startupProbe'), probed('livenessProbe')]).toEqual([livePath, livePath]);
    expect(probed('readinessProbe')).toBe(readyPath);
    expect(matches(all, /port: http\n +path: (\S+)/g)).toEqual([metricsPath]);
    // Paths of the ingress; the health page stands below its own.
    const routed = matches(all, /- path: (\S+)/g);
    expect(routed).toEqual([metricsPath, livePath.slice(0, livePath.lastIndexOf('/')), '/']);
  });

  test('is of the version of the product, and takes the old one away before the new one comes', () => {
    const chart = parse(read(`${folder}/Chart.yaml`));
    expect([chart.version, chart.appVersion]).toEqual([version, version]);
    expect(all).toContain('type: Recreate');
    expect(values.podSecurityContext.runAsNonRoot).toBe(true);
  });
});

describe('the reverse proxies', () => {
  const nginx = read('deploy/proxy/nginx.conf');
  const caddy = read('deploy/proxy/Caddyfile');
  const apache = read('deploy/proxy/apache.conf');
  const proxies = { nginx, caddy, apache };
  const own = (text: string) => text.replaceAll(/#.*$/gm, '');

  test.each(Object.entries(proxies))('%s passes on every method of CardDAV, at every address of it', (_name, text) => {
    expect(own(text)).not.toMatch(/limit_except|request_method|<Limit|AllowMethods|^\s*@?\w*\s*method\s/im);
    const ordinary = ['OPTIONS', 'GET', 'HEAD', 'PUT', 'DELETE'];
    for (const method of methods.filter((one) => !ordinary.includes(one))) expect(text).toContain(method);
    expect(own(text)).not.toMatch(/well-known|\/dav/);
  });

  test.each(Object.entries(proxies))('%s keeps from strangers what operators ask', (_name, text) => {
    const health = livePath.slice(0, livePath.lastIndexOf('/') + 1);
    expect(readyPath.startsWith(health)).toBe(true);
    expect(own(text)).toContain(metricsPath.slice(1));
    expect(own(text)).toContain(health.slice(1));
  });

  test.each(Object.entries(proxies))('%s passes on what comes to where the product listens', (_name, text) => {
    const { host, port } = readConfig([], {});
    expect(own(text)).toContain(`${host}:${port}`);
    const [args] = matches(text, /^# Start Entregent with (.*)$/gm);
    expect(readConfig(args!.split(' '), {})).toMatchObject({ publicUrlChosen: true, trustedProxies: [host] });
  });

  test('say for whom they ask, and by which name', () => {
    for (const name of ['Host', 'X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host'])
      expect(own(nginx)).toMatch(new RegExp(`proxy_set_header ${name} `));
    for (const setting of ['ProxyPreserveHost On', 'ProxyAddHeaders On', 'RequestHeader set X-Forwarded-Proto "https"'])
      expect(own(apache)).toContain(setting);
    // Caddy does so by itself.
    expect(own(caddy)).not.toContain('header_up');
  });

  test('neither hold back what pages listen to, nor cut it, nor limit what is uploaded', () => {
    expect(own(nginx)).toMatch(/location = \/api\/v1\/live \{[^}]*proxy_buffering off;/);
    expect(own(nginx)).toMatch(/location = \/mcp \{[^}]*proxy_buffering off;/);
    for (const minutes of matches(own(nginx), /proxy_read_timeout (\d+)m/g))
      expect(Number(minutes) * 60).toBeGreaterThan(heartbeat);
    for (const seconds of matches(own(apache), /timeout=(\d+)/g)) expect(Number(seconds)).toBeGreaterThan(heartbeat);
    expect(own(nginx)).toContain('client_max_body_size 0;');
    expect(own(apache)).toContain('LimitRequestBody 0');
    expect(own(caddy)).not.toMatch(/max_size|flush_interval/);
  });
});

test('the guides name each of these files', () => {
  const files = ['systemd/entregent.service', 'systemd/entregent.env', 'Dockerfile', 'compose.yaml', 'helm/entregent'];
  const proxies = ['nginx.conf', 'Caddyfile', 'apache.conf'].map((name) => `proxy/${name}`);
  for (const language of ['en', 'fr'])
    for (const name of [...files, ...proxies])
      expect(read(`docs/guides/operator.${language}.md`), name).toContain(`deploy/${name}`);
});
