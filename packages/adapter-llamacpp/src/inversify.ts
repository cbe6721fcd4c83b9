import {
  FOOTPRINT_ORACLE,
  LOGITS_SOURCE,
  MODEL_CATALOG,
  MODEL_RUNTIME,
  TENSOR_QUANTIZER,
  VARIANT_BUILDER,
} from '@plimsoll/di';
import { FolderCatalog } from '@plimsoll/local-models';
import { ContainerModule } from 'inversify';
import { LlamaCppFootprintOracle } from './engine/llama-cpp-footprint-oracle.js';
import { LlamaCppVariantBuilder } from './quantize/llama-cpp-variant-builder.js';
import { LlamaCppTensorQuantizer } from './quantize/llama-cpp-tensor-quantizer.js';
import { LlamaCppLogitsSource } from './runtime/llama-cpp-logits-source.js';
import { LlamaCppRuntime } from './runtime/llama-cpp-runtime.js';
import type { LlamaCppRuntimeOptions } from './runtime/llama-cpp-runtime.js';

/** Binds the embedded engine as runtime, catalogue, variant builder, quantizer of tensors, source of logits and footprint oracle. */
export function llamaCppModule(options: LlamaCppRuntimeOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(MODEL_RUNTIME)
      .toResolvedValue(() => new LlamaCppRuntime(options))
      .inSingletonScope();
    bind(MODEL_CATALOG)
      .toResolvedValue(() => new FolderCatalog(options))
      .inSingletonScope();
    bind(VARIANT_BUILDER)
      .toResolvedValue(() => new LlamaCppVariantBuilder(options))
      .inSingletonScope();
    bind(TENSOR_QUANTIZER)
      .toResolvedValue(() => new LlamaCppTensorQuantizer(options))
      .inSingletonScope();
    bind(LOGITS_SOURCE)
      .toResolvedValue(() => new LlamaCppLogitsSource(options))
      .inSingletonScope();
    bind(FOOTPRINT_ORACLE)
      .toResolvedValue(() => new LlamaCppFootprintOracle(options.engine))
      .inSingletonScope();
  });
}
