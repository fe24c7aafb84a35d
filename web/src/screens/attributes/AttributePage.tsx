import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import {
  type Attribute,
  endAttribute,
  restorableDays,
  restoreAttribute,
} from '../../../../server/attributes/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { AttributeForm } from './AttributeForm.tsx';
import classes from './Attributes.module.css';
import { attributeQuery, refreshAttributes } from './queries.ts';
import { boundsOf, whoOf } from './words.ts';

/** An entry of the dictionary. */
export function AttributePage() {
  const { attributeId } = useParams({ from: '/members/knowledge/attributes/$attributeId' });
  const { data, error, refetch } = useQuery(attributeQuery(attributeId));
  const [changing, change] = useState(false);
  const me = useMe();
  if (!data)
    return (
      <Page title={t('attributes.title')} width="reading">
        {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={6} />}
      </Page>
    );
  return (
    <Page
      title={data.name}
      lead={data.meaning}
      width="reading"
      actions={
        me.role === 'admin' &&
        data.endedAt === null && (
          <>
            <Button variant="default" onClick={() => change(true)}>
              {t('attributes.change')}
            </Button>
            <End attribute={data} />
          </>
        )
      }
    >
      {data.endedAt && <Ended attribute={data} mayRestore={me.role === 'admin'} />}
      <Sheet attribute={data} />
      {changing && <AttributeForm attribute={data} onClose={() => change(false)} />}
    </Page>
  );
}

const restore = async (attributeId: string) => {
  await call(restoreAttribute, { attributeId });
  await refreshAttributes();
};

/** Values stay for 30 days, so it is done at once, and says what rests on it. */
function End({ attribute: { id, name } }: { attribute: Attribute }) {
  const ending = useMutation({
    mutationFn: () => call(endAttribute, { attributeId: id }),
    onSuccess: async () => {
      await refreshAttributes();
      offerUndo(t('attributes.endedNow', { name, days: restorableDays }), () => restore(id));
    },
    onError: sayError,
  });
  return (
    <Button variant="default" color="red" loading={ending.isPending} onClick={() => ending.mutate()}>
      {t('attributes.end')}
    </Button>
  );
}

function Ended({ attribute, mayRestore }: { attribute: Attribute; mayRestore: boolean }) {
  const { id, endedAt, restorableUntil } = attribute;
  const restoring = useMutation({ mutationFn: () => restore(id), onError: sayError });
  return (
    <div role="status">
      <p>
        {t('attributes.endedOn', { day: longDate(endedAt!) })}{' '}
        {restorableUntil && t('attributes.restorable', { day: longDate(restorableUntil) })}
      </p>
      {restorableUntil && mayRestore && (
        <Button mb="md" variant="default" loading={restoring.isPending} onClick={() => restoring.mutate()}>
          {t('attributes.restore')}
        </Button>
      )}
    </div>
  );
}

function Sheet({ attribute }: { attribute: Attribute }) {
  const company = useMe().workspace.name;
  const { type, many, unit, choices, sensitivity, basis, specialBasis, uses } = attribute;
  const language = currentLanguage();
  const possible = boundsOf(attribute);
  const rows: [string, ReactNode][] = [
    [
      'key',
      <span key="key" className={classes.key}>
        {attribute.key}
      </span>,
    ],
    ['type', [t(`attributes.type.${type}`), many && t('attributes.many'), unit].filter(Boolean).join(' · ')],
    ...(choices.length > 0 ? [['choices', choices.map((one) => one[language]).join(', ')] as [string, ReactNode]] : []),
    ...(possible ? [['possible', possible] as [string, ReactNode]] : []),
    ['sensitivity', t(`attributes.sensitivity.${sensitivity}`)],
    ['purpose', attribute.purpose],
    [
      'basis',
      [t(`attributes.basis.${basis}`), specialBasis && t(`attributes.special.${specialBasis}`)]
        .filter(Boolean)
        .join(' · '),
    ],
    ['months', t('attributes.keptFor', { count: attribute.months })],
    ['readers', whoOf(attribute, company, false)],
    ['writers', whoOf(attribute, company, true)],
    [
      'uses',
      uses.length === 0
        ? t('attributes.noUses')
        : uses.map(({ kind, count }) => `${told(`attributes.use.${kind}`) ?? kind} (${count})`).join(', '),
    ],
  ];
  return (
    <dl className={classes.sheet}>
      {rows.map(([key, value]) => (
        <div key={key} style={{ display: 'contents' }}>
          <dt>{told(`attributes.field.${key}`) ?? key}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
