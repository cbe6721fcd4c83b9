'use strict';
/**
 * Imports an ES module, as seen from this package, for the bundle.
 */
module.exports = (specifier) => import(specifier);
