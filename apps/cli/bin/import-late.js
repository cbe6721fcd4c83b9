'use strict';
/**
 * Imports an ES module, as seen from this package, for the bundle.
 * @public
 */
module.exports = (specifier) => import(specifier);
