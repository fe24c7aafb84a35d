import { PasswordInput, Select, TextInput } from '@mantine/core';
import { countryName } from '../../format.ts';
import { t } from '../../i18n.ts';

interface FieldProps {
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
}

export function EmailField({ value, onChange, error }: FieldProps) {
  return (
    <TextInput
      type="email"
      name="email"
      label={t('identity.email')}
      autoComplete="username"
      required
      withAsterisk={false}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function NameField({ value, onChange, error }: FieldProps) {
  return (
    <TextInput
      name="name"
      label={t('identity.name')}
      placeholder={t('identity.nameExample')}
      autoComplete="name"
      required
      withAsterisk={false}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface PasswordProps extends FieldProps {
  label?: string;
  /** Its key in the form. */
  name?: string;
}

const toggle = () => ({ 'aria-label': t('identity.showPassword') });

export function PasswordField({ value, onChange, error, label, name = 'password' }: PasswordProps) {
  return (
    <PasswordInput
      name={name}
      label={label ?? t('identity.password')}
      autoComplete="current-password"
      required
      withAsterisk={false}
      visibilityToggleButtonProps={toggle()}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function NewPasswordField({ value, onChange, error, label, name = 'password' }: PasswordProps) {
  return (
    <PasswordInput
      name={name}
      label={label ?? t('identity.password')}
      description={t('identity.passwordHint')}
      autoComplete="new-password"
      required
      withAsterisk={false}
      minLength={10}
      visibilityToggleButtonProps={toggle()}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** ISO 3166-1 alpha-2, those where our users' numbers come from most; the full list would hide them. */
const countries =
  'FR BE CH LU MC CA GB IE US DE AT NL ES PT IT DK SE NO FI PL CZ GR RO MA DZ TN SN CI CM RE GP MQ GF YT NC PF AU NZ IN JP BR'.split(
    ' ',
  );

export function countryChoices(): { value: string; label: string }[] {
  const byName = new Intl.Collator(document.documentElement.lang);
  const choices = countries.map((value) => ({ value, label: countryName(value) }));
  return choices.sort((one, other) => byName.compare(one.label, other.label));
}

export function CountryField({ value, onChange, error }: FieldProps) {
  return (
    <Select
      label={t('identity.country')}
      description={t('identity.countryHint')}
      data={countryChoices()}
      searchable
      allowDeselect={false}
      value={value}
      error={error}
      onChange={(country) => country !== null && onChange(country)}
    />
  );
}
