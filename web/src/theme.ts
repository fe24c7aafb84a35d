import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** The accent: a deep teal-green. Shade 8 carries white text at 6.3:1; shade 3 stands on the dark ground at 8:1. */
const teal: MantineColorsTuple = [
  '#eaf5f2',
  '#d3eae4',
  '#a9d5ca',
  '#7cc4b4',
  '#4fa997',
  '#2f9180',
  '#1f8272',
  '#157766',
  '#0f6b5c',
  '#0a4f44',
];
/** Warm greys, for paper rather than glass. */
const gray: MantineColorsTuple = [
  '#faf9f6',
  '#f4f2ed',
  '#eae7e0',
  '#dedad1',
  '#ccc7bb',
  '#aaa497',
  '#857f73',
  '#655f55',
  '#45413a',
  '#292622',
];
const dark: MantineColorsTuple = [
  '#e6e2da',
  '#cfcac0',
  '#aea89c',
  '#858076',
  '#4b4740',
  '#3a3732',
  '#2b2925',
  '#22201d',
  '#1a1917',
  '#131210',
];
/** Only for loss. */
const red: MantineColorsTuple = [
  '#fcefec',
  '#f8dcd6',
  '#efb5aa',
  '#e88f80',
  '#dc6a58',
  '#cc4b3a',
  '#bb3a2b',
  '#ab2f22',
  '#98261b',
  '#741a12',
];
/** Only for doubt. */
const amber: MantineColorsTuple = [
  '#fdf5e4',
  '#f9e8c4',
  '#f3d494',
  '#edbf63',
  '#e5aa3b',
  '#cf9120',
  '#ad7413',
  '#8f5d0c',
  '#794d08',
  '#573604',
];

export const theme = createTheme({
  colors: { teal, gray, dark, red, amber },
  primaryColor: 'teal',
  primaryShade: { light: 8, dark: 3 },
  // Filled grounds are deep in light (white text) and pale in dark (dark text): Mantine's own contrast sees the first only.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    return input.variant === 'filled' ? { ...colors, color: 'var(--on-filled)' } : colors;
  },
  black: '#292622',
  fontFamily: "'Source Sans 3 Variable', 'Source Sans 3', system-ui, sans-serif",
  fontSizes: { xs: '0.8125rem', sm: '0.9375rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.55', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.1875rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'md',
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Popover: { defaultProps: { transitionProps: { duration: 120 }, shadow: 'md' } },
    // Without its focus placeholder: a menu may hold nothing but its items (ARIA 1.2, `menu`).
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, transitionProps: { duration: 120 }, shadow: 'md' } },
    // A click beside it loses nothing that was typed.
    Modal: {
      defaultProps: { transitionProps: { duration: 120 }, closeOnClickOutside: false },
      styles: { title: { fontSize: '1.1875rem', fontWeight: 600 } },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 150 } } },
    Tooltip: { defaultProps: { transitionProps: { duration: 100 }, openDelay: 400 } },
    Anchor: { defaultProps: { underline: 'hover' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
  },
});

/** Mantine's own quiet tones miss AA on our grounds; these reach 4.5:1 on paper, sunken and raised alike. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#fdfcfa',
    '--mantine-color-dimmed': '#655f55',
    '--mantine-color-placeholder': '#746e63',
    '--mantine-color-error': '#98261b',
    '--mantine-color-anchor': '#0f6b5c',
    '--mantine-color-gray-light-color': '#45413a',
    '--ground-sunken': '#f5f3ee',
    '--ground-raised': '#ffffff',
    '--ground-chosen': '#e3f0ec',
    '--line': '#e4e0d7',
    '--doubt': '#794d08',
    '--on-filled': '#ffffff',
  },
  dark: {
    '--mantine-color-body': '#1e1c1a',
    '--mantine-color-dimmed': '#b0aa9e',
    '--mantine-color-placeholder': '#9a9488',
    '--mantine-color-error': '#ef9c8e',
    '--mantine-color-anchor': '#7cc4b4',
    '--mantine-color-gray-light-color': '#cfcac0',
    '--ground-sunken': '#181715',
    '--ground-raised': '#272522',
    '--ground-chosen': '#203a35',
    '--line': '#36332e',
    '--doubt': '#edbf63',
    '--on-filled': '#131210',
  },
});
