import { Button, Checkbox, Group, Modal, PasswordInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listTeams } from '../../../../server/identity/contract.ts';
import { type Role, roles } from '../../../../server/kernel/contract.ts';
import {
  addOidcProvider,
  addSamlProvider,
  changeOidcProvider,
  changeSamlProvider,
  listProviders,
  type Provider,
} from '../../../../server/sso/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import settings from '../settings/Settings.module.css';

/** As the fields hold it. */
interface Draft {
  name: string;
  domains: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  trustsEmail: boolean;
  metadata: string;
  newcomers: boolean;
  role: Role;
  teamIds: string[];
  onlyWay: boolean;
}

const draftOf = (provider: Provider | null): Draft => ({
  name: provider?.name ?? '',
  domains: provider?.domains.join(', ') ?? '',
  issuer: provider?.issuer ?? '',
  clientId: provider?.clientId ?? '',
  clientSecret: '',
  trustsEmail: provider?.trustsEmail ?? false,
  metadata: '',
  newcomers: provider?.newcomers ?? true,
  role: provider?.role ?? 'member',
  teamIds: provider?.teamIds ?? [],
  onlyWay: provider?.onlyWay ?? false,
});

function save(kind: Provider['kind'], provider: Provider | null, draft: Draft): Promise<Provider> {
  const { name, newcomers, role, teamIds, onlyWay, trustsEmail } = draft;
  const domains = draft.domains.split(/[\s,;]+/).filter(Boolean);
  const general = { name, domains, newcomers, role, teamIds, onlyWay };
  if (kind === 'saml') {
    const input = { ...general, ...(draft.metadata.trim() === '' ? {} : { metadata: draft.metadata }) };
    return provider ? call(changeSamlProvider, { ...input, providerId: provider.id }) : call(addSamlProvider, input);
  }
  const secret = draft.clientSecret === '' ? {} : { clientSecret: draft.clientSecret };
  const input = { ...general, trustsEmail, issuer: draft.issuer.trim(), clientId: draft.clientId, ...secret };
  return provider ? call(changeOidcProvider, { ...input, providerId: provider.id }) : call(addOidcProvider, input);
}

interface ProviderFormProps {
  kind: Provider['kind'];
  provider: Provider | null;
  redirect: string;
  onClose: () => void;
}

/** An identity provider, new or to be changed. */
export function ProviderForm({ kind, provider, redirect, onClose }: ProviderFormProps) {
  const form = useForm(draftOf(provider), async (draft) => {
    await save(kind, provider, draft);
    await refresh(listProviders);
    say(t('sso.saved'));
    onClose();
  });
  const title = provider ? t('sso.editOne', { name: provider.name }) : t(`sso.add.${kind}`);
  return (
    <Modal opened onClose={onClose} size="lg" title={title} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          {kind === 'oidc' && <Told words={t('sso.redirect')} address={redirect} />}
          {kind === 'saml' && provider && <Told words={t('sso.entity')} address={provider.ours.entity} />}
          <TextField form={form} field="name" label={t('sso.name')} placeholder={t('sso.nameExample')} required />
          {kind === 'oidc' ? <Oidc form={form} provider={provider} /> : <Saml form={form} provider={provider} />}
          <TextField
            form={form}
            field="domains"
            label={t('sso.domains')}
            description={t('sso.domains.hint')}
            placeholder={t('sso.domains.example')}
            required
          />
          <Newcomers form={form} />
          <Checkbox
            label={t('sso.onlyWay')}
            description={`${t('sso.onlyWay.hint')} ${t('sso.wayOut')}`}
            checked={form.values.onlyWay}
            error={form.problem('onlyWay')}
            onChange={(event) => form.set('onlyWay', event.currentTarget.checked)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type FieldsProps = { form: Form<Draft>; provider: Provider | null };

function TextField({
  form,
  field,
  ...others
}: {
  form: Form<Draft>;
  field: 'name' | 'domains' | 'issuer' | 'clientId';
  label: string;
  description?: string;
  placeholder?: string;
  required?: boolean;
  readOnly?: boolean;
}) {
  return (
    <TextInput
      {...others}
      withAsterisk={false}
      name={field}
      autoComplete="off"
      value={form.values[field]}
      error={form.problem(field)}
      onChange={(event) => form.set(field, event.currentTarget.value)}
    />
  );
}

function Oidc({ form, provider }: FieldsProps) {
  return (
    <>
      <TextField
        form={form}
        field="issuer"
        label={t('sso.issuer')}
        description={t('sso.issuer.hint')}
        placeholder={t('sso.issuer.example')}
        readOnly={provider !== null}
        required
      />
      <TextField form={form} field="clientId" label={t('sso.clientId')} required />
      <PasswordInput
        name="clientSecret"
        label={t('sso.clientSecret')}
        description={provider ? t('sso.clientSecret.kept') : undefined}
        autoComplete="new-password"
        required={provider === null}
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': t('sso.clientSecret.show') }}
        value={form.values.clientSecret}
        error={form.problem('clientSecret')}
        onChange={(event) => form.set('clientSecret', event.currentTarget.value)}
      />
      <Checkbox
        label={t('sso.trustsEmail')}
        description={t('sso.trustsEmail.hint')}
        checked={form.values.trustsEmail}
        onChange={(event) => form.set('trustsEmail', event.currentTarget.checked)}
      />
    </>
  );
}

function Saml({ form, provider }: FieldsProps) {
  return (
    <Textarea
      name="metadata"
      label={t('sso.metadata')}
      description={provider ? t('sso.metadata.kept') : t('sso.metadata.hint')}
      rows={6}
      required={provider === null}
      withAsterisk={false}
      value={form.values.metadata}
      error={form.problem('metadata')}
      onChange={(event) => form.set('metadata', event.currentTarget.value)}
    />
  );
}

function Newcomers({ form: { values, set } }: { form: Form<Draft> }) {
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  return (
    <>
      <Checkbox
        label={t('sso.newcomers')}
        description={t('sso.newcomers.hint')}
        checked={values.newcomers}
        onChange={(event) => set('newcomers', event.currentTarget.checked)}
      />
      {values.newcomers && (
        <>
          <Select
            label={t('sso.role')}
            allowDeselect={false}
            value={values.role}
            onChange={(role) => set('role', role as Role)}
            data={roles.map((value) => ({ value, label: t(`settings.role.${value}`) }))}
          />
          {teams.length > 0 && (
            <ManyChoice
              label={t('sso.teams')}
              value={values.teamIds}
              onChange={(teamIds) => set('teamIds', teamIds)}
              data={teams.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
        </>
      )}
    </>
  );
}

/** An address that the other side has to be given. */
function Told({ words, address }: { words: string; address: string }) {
  return (
    <div>
      <Text size="sm">{words}</Text>
      <code className={settings.secret}>{address}</code>
    </div>
  );
}
