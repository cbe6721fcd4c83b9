/** The one release of node-llama-cpp's binary packages whose libraries' memory layout this package knows. */
export const PACKAGE_VERSION = '3.22.1';

/** The llama.cpp release inside it, as the package's build record names it. */
export const LLAMA_RELEASE = 'v0.5.0';

/** What `llama_version()` of that build answers. */
export const LLAMA_VERSION = '0.5.0-dev';
