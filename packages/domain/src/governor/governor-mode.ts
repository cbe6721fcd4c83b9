/** `active` decides and acts, `dry-run` only decides, `hold` does neither. */
export type GovernorMode = 'active' | 'dry-run' | 'hold';
