/**
 * What a plan calls nothing of, by folder: each part is a file of its own beside `main.cjs`, which requires it when
 * something of it is first used. What is executed while `main.cjs` is loaded may use nothing of it.
 */
export const LATE = {
  zod: [/node_modules[\\/]zod[\\/]/],
  network: [
    /[\\/]transport[\\/]src[\\/]/,
    /[\\/]adapter-gguf[\\/]src[\\/](cache|http)[\\/]/,
    /[\\/]adapter-hub[\\/]src[\\/]/,
  ],
  graph: [/[\\/]domain[\\/]src[\\/]footprint[\\/]graph[\\/]/],
  'use-cases': [
    /[\\/]application[\\/]src[\\/](comparison|diagnosis|generation|governor|photos|settings|statistics|tasks)[\\/]/,
    /[\\/]application[\\/]src[\\/]variants[\\/](?!ensure-variant)/,
    /[\\/]application[\\/]src[\\/]planning[\\/](exact-plan|recommend-point)\.ts$/,
    /[\\/]domain[\\/]src[\\/](allocation|governor)[\\/]/,
    /[\\/]domain[\\/]src[\\/]metrics[\\/](?!robust-statistics)/,
    /[\\/]composition[\\/]src[\\/](backend-diagnosis|check-folders|engine-builds|governor|precision-probe|type-speeds)\.ts$/,
  ],
};
