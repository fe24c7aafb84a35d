import { Alert, Button, Checkbox, Group, Stack, Switch } from '@mantine/core';
import { IconPlus, IconStairsUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { getMyParts, getPlan, type Lot, openParts, type Part, parts } from '../../../../server/adoption/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Adoption.module.css';
import { LotForm } from './LotForm.tsx';
import { LotLine } from './LotLine.tsx';

type Plan = Output<typeof getPlan>;

/** Who begins when, how far they are, and which parts of the product are open to whom. */
export function Adoption() {
  const { role } = useMe();
  const { data, error, refetch } = useQuery(reading(getPlan, {}));
  const [editing, edit] = useState<Lot | 'new' | null>(null);
  const admin = role === 'admin';
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => edit('new')}>
      {t('adoption.new')}
    </Button>
  );
  return (
    <Page
      title={t('adoption.title')}
      lead={t('adoption.lead')}
      width="reading"
      actions={admin && data?.lots.length ? add : undefined}
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={5} />}
      {data && (
        <>
          <OpenParts key={String(data.allOpen) + data.open.join()} plan={data} admin={admin} />
          <Section title={t('adoption.lots')}>
            {data.lots.length === 0 ? (
              <EmptyState
                icon={<IconStairsUp />}
                title={t('adoption.none')}
                text={t('adoption.noneText')}
                action={admin && add}
              />
            ) : (
              <Lines>
                {data.lots.map((lot) => (
                  <LotLine key={lot.id} lot={lot} admin={admin} onEdit={() => edit(lot)} />
                ))}
              </Lines>
            )}
          </Section>
        </>
      )}
      {editing && <LotForm lot={editing === 'new' ? null : editing} onClose={() => edit(null)} />}
    </Page>
  );
}

/** Always there for everybody; see `simple` of the server. */
const always: readonly Part[] = ['scan', 'quality'];

function OpenParts({ plan: { allOpen, open, next }, admin }: { plan: Plan; admin: boolean }) {
  const [chosen, choose] = useState({ allOpen, open });
  const save = async (wanted: typeof chosen) => {
    choose(wanted);
    try {
      await call(openParts, wanted);
      await refresh(getPlan, getMyParts);
      say(t('adoption.saved'));
    } catch (error) {
      choose({ allOpen, open });
      sayError(error);
    }
  };
  return (
    <Section title={t('adoption.parts')} lead={t('adoption.partsLead')}>
      {next && (
        <Alert color="teal" mb="md" title={t('adoption.next', { part: t(`adoption.part.${next.part}`) })}>
          <Stack gap="xs" align="flex-start">
            {t(`adoption.why.${next.why as 'mail'}`)}
            {admin && (
              <Button size="compact-md" onClick={() => void save({ allOpen, open: [...open, next.part] })}>
                {t('adoption.openNext')}
              </Button>
            )}
          </Stack>
        </Alert>
      )}
      <Switch
        label={t('adoption.allOpen')}
        checked={chosen.allOpen}
        disabled={!admin}
        onChange={(event) => void save({ ...chosen, allOpen: event.currentTarget.checked })}
      />
      {!chosen.allOpen && (
        <Checkbox.Group
          mt="md"
          label={t('adoption.openTo')}
          value={[...always, ...chosen.open]}
          onChange={(value) =>
            void save({ allOpen: false, open: (value as Part[]).filter((part) => !always.includes(part)) })
          }
        >
          <Group gap="sm" mt={8} className={classes.parts}>
            {parts.map((part) => (
              <Checkbox
                key={part}
                value={part}
                disabled={!admin || always.includes(part)}
                label={t(`adoption.part.${part}`)}
              />
            ))}
          </Group>
        </Checkbox.Group>
      )}
    </Section>
  );
}
