import {
  Alert,
  Button,
  Checkbox,
  Fieldset,
  Modal,
  NativeSelect,
  PasswordInput,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import {
  changeDestination,
  createDestination,
  type Destination,
  type DestinationKind,
  destinationKinds,
  type granteeKinds,
  listDestinations,
  listRuns,
  type SentField,
  sentFields,
} from '../../../../server/destinations/contract.ts';
import { listSegments } from '../../../../server/segments/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { useGrantees } from '../webhooks/useGrantees.ts';
import classes from './Destinations.module.css';
import { fieldsOf, type PlaceField, partOf } from './fields.ts';
import { troubleOf } from './words.ts';

interface Props {
  /** The one that is changed; without one another is made. */
  destination?: Destination;
  onClose: () => void;
  /** With the secret by which messages are checked, shown once; null where there is none. */
  onMade: (secret: string | null) => void;
}

type Values = Record<PlaceField['key'], string> & {
  name: string;
  kind: DestinationKind;
  grantee: string;
  segmentId: string;
  every: string;
  chosen: SentField[];
  /** Of one that is changed: whether its place is entered anew. */
  elsewhere: boolean;
};

/** Minutes between two looks. */
const often = [15, 60, 360, 1440];

const emptyPlace = {
  ...{ url: 'https://', host: '', port: '22', username: '', folder: '.', endpoint: 'https://', region: 'eu-west-3' },
  ...{ bucket: '', prefix: '', listId: '', password: '', privateKey: '', accessKeyId: '', secretAccessKey: '' },
  apiKey: '',
};

const initialOf = (destination: Destination | undefined, memberId: string): Values => ({
  ...emptyPlace,
  ...Object.fromEntries(Object.entries(destination?.settings ?? {}).map(([key, value]) => [key, String(value)])),
  name: destination?.name ?? '',
  kind: destination?.kind ?? 'http',
  grantee: `member ${memberId}`,
  segmentId: destination?.segment.id ?? '',
  every: String(destination?.everyMinutes ?? 60),
  chosen: destination?.fields ?? ['name', 'email'],
  elsewhere: destination === undefined,
});

const isSame = (a: readonly string[], b: readonly string[]) => [...a].sort().join() === [...b].sort().join();

async function send({ destination, onMade }: Props, values: Values): Promise<void> {
  const { name, kind, segmentId, chosen, elsewhere } = values;
  const everyMinutes = Number(values.every);
  const place = { settings: partOf(kind, 'settings', values), secret: partOf(kind, 'secret', values) };
  if (destination) {
    await call(changeDestination, {
      ...{ destinationId: destination.id, name, everyMinutes },
      ...(segmentId !== destination.segment.id && { segmentId }),
      ...(!isSame(chosen, destination.fields) && { fields: chosen }),
      ...(elsewhere && place),
    });
    return say(t('webhooks.changed'));
  }
  const [granteeKind, granteeId] = values.grantee.split(' ') as [(typeof granteeKinds)[number], string];
  const said = { name, kind, segmentId, fields: chosen, everyMinutes, granteeKind, granteeId };
  onMade((await call(createDestination, { ...said, ...place })).secret);
}

export function DestinationForm(props: Props) {
  const { destination, onClose } = props;
  const { memberId } = useMe();
  const grantees = useGrantees();
  const segments = useQuery(reading(listSegments, {})).data?.items ?? [];
  const form = useForm(initialOf(destination, memberId), async (values) => {
    await send(props, { ...values, segmentId: values.segmentId || (segments[0]?.id ?? '') });
    await refresh(listDestinations, listRuns);
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      title={destination ? destination.name : t('destinations.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('webhooks.name')}
            required
            withAsterisk={false}
            maxLength={100}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <NativeSelect
            label={t('destinations.segment')}
            value={values.segmentId}
            onChange={(event) => set('segmentId', event.currentTarget.value)}
            data={segments.map(({ id, name }) => ({ value: id, label: name }))}
          />
          {!destination && (
            <NativeSelect
              label={t('webhooks.grantee')}
              description={t('destinations.granteeText')}
              value={values.grantee}
              onChange={(event) => set('grantee', event.currentTarget.value)}
              data={grantees}
            />
          )}
          <Chosen form={form} />
          {!destination && (
            <NativeSelect
              label={t('destinations.kind')}
              value={values.kind}
              onChange={(event) => set('kind', event.currentTarget.value as DestinationKind)}
              data={destinationKinds.map((kind) => ({ value: kind, label: t(`destinations.kind.${kind}`) }))}
            />
          )}
          {destination && (
            <Checkbox
              label={t('destinations.elsewhere')}
              checked={values.elsewhere}
              onChange={(event) => set('elsewhere', event.currentTarget.checked)}
            />
          )}
          {values.elsewhere && <Place form={form} />}
          <NativeSelect
            label={t('destinations.every')}
            value={values.every}
            onChange={(event) => set('every', event.currentTarget.value)}
            data={often.map((minutes) => ({ value: String(minutes), label: t('destinations.minutes', { minutes }) }))}
          />
          <p className={classes.quiet}>{t('destinations.everyText')}</p>
          <Failure error={form.error} />
          <Button type="submit" loading={form.sending} disabled={values.chosen.length === 0 || segments.length === 0}>
            {t(destination ? 'webhooks.save' : 'destinations.create')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

/** Which details go along. */
function Chosen({ form: { values, set } }: { form: Form<Values> }) {
  return (
    <Fieldset legend={t('destinations.fields')}>
      <div className={classes.choices}>
        {sentFields.map((field) => (
          <Checkbox
            key={field}
            label={t(`destinations.field.${field}`)}
            checked={values.chosen.includes(field)}
            onChange={({ currentTarget }) =>
              set(
                'chosen',
                currentTarget.checked ? [...values.chosen, field] : values.chosen.filter((one) => one !== field),
              )
            }
          />
        ))}
      </div>
    </Fieldset>
  );
}

/** Where it is, and what opens it. */
function Place({ form: { values, set, problem } }: { form: Form<Values> }) {
  return (
    <Fieldset legend={t('destinations.place')}>
      <Stack gap="sm">
        <p className={classes.quiet}>{t(`destinations.about.${values.kind}`)}</p>
        {fieldsOf[values.kind].map(({ key, type, required }) => {
          const said = {
            ...{ name: key, label: t(`destinations.place.${key}`), required, withAsterisk: false, value: values[key] },
            error: problem(key),
          };
          const change = (event: { currentTarget: { value: string } }) => set(key, event.currentTarget.value);
          if (type === 'password') return <PasswordInput key={key} {...said} autoComplete="off" onChange={change} />;
          if (type === 'lines')
            return (
              <Textarea key={key} {...said} autosize minRows={2} maxRows={6} autoComplete="off" onChange={change} />
            );
          return (
            <TextInput
              key={key}
              {...said}
              type={type === 'url' ? 'url' : 'text'}
              inputMode={type === 'number' ? 'numeric' : undefined}
              onChange={change}
            />
          );
        })}
      </Stack>
    </Fieldset>
  );
}

function Failure({ error }: { error: unknown }) {
  const code = error instanceof ApiError && error.code === 'connection_failed' ? error.fields.problem : null;
  const trouble = troubleOf(code);
  if (!trouble) return <ErrorNotice error={error} />;
  return (
    <Alert color="yellow" variant="light" role="alert">
      {trouble}
    </Alert>
  );
}
