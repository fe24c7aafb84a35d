import { Alert, Button, CopyButton, NativeSelect, Skeleton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { addDevice } from '../../../../server/dav/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { t } from '../../i18n.ts';
import classes from './Phones.module.css';

const Qr = lazy(() => import('../../ui/Qr.tsx').then((module) => ({ default: module.Qr })));

const kinds = ['iphone', 'android', 'mac', 'thunderbird', 'outlook', 'other'] as const;
type Kind = (typeof kinds)[number];

const known: [RegExp, Kind][] = [
  [/iphone|ipad/i, 'iphone'],
  [/\bmac/i, 'mac'],
  [/thunderbird/i, 'thunderbird'],
  [/outlook/i, 'outlook'],
];

/** What somebody calls it says mostly what it is; else it is what they hold in their hand. */
function guess(name: string): Kind {
  const named = known.find(([words]) => words.test(name))?.[1];
  return named ?? (/iphone|ipad/i.test(navigator.userAgent) ? 'iphone' : 'android');
}

/** How the device that was just added is connected: what to type, and where, for each kind of it. Shown once. */
export function Connecting({ made: { device, password, connection } }: { made: Output<typeof addDevice> }) {
  const [kind, setKind] = useState<Kind>(() => guess(device.name));
  const host = connection.server.replace(/^https?:\/\//, '');
  const insecure = !connection.server.startsWith('https:');
  return (
    <Alert color="teal" title={t('phones.ready', { name: device.name })} mb="lg" role="status">
      <p className={classes.text}>{t('phones.once')}</p>
      <NativeSelect
        label={t('phones.kind')}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as Kind)}
        data={kinds.map((value) => ({ value, label: t(`phones.kind.${value}`) }))}
      />
      <ol className={classes.steps}>
        {t(`phones.steps.${kind}`)
          .split('\n')
          .map((step) => (
            <li key={step}>{step}</li>
          ))}
      </ol>
      <dl className={classes.values}>
        <Value name={t('phones.server')} value={kind === 'iphone' || kind === 'mac' ? host : `${connection.server}/`} />
        <Value name={t('phones.user')} value={connection.user} />
        <Value name={t('phones.password')} value={password} />
      </dl>
      {kind === 'android' && (
        <Suspense fallback={<Skeleton height={208} width={208} />}>
          <Qr
            text={`${insecure ? 'carddav' : 'carddavs'}://${encodeURIComponent(connection.user)}:${password}@${host}/`}
            label={t('phones.qr')}
          />
        </Suspense>
      )}
      {insecure && <p className={classes.text}>{t('phones.insecure')}</p>}
    </Alert>
  );
}

function Value({ name, value }: { name: string; value: string }) {
  return (
    <div className={classes.value}>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={copy}
              aria-label={t('phones.copy', { what: name })}
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            >
              {t(copied ? 'shell.copied' : 'shell.copy')}
            </Button>
          )}
        </CopyButton>
      </dd>
    </div>
  );
}
