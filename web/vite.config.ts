import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  cacheDir: here('../.cache/vite'),
  plugins: [react()],
  resolve: { alias: { zod: here('src/contractShapes.ts') } },
  build: { outDir: here('../dist/web'), emptyOutDir: true, target: 'es2023' },
  server: { fs: { allow: [here('..')] } },
});
