import '../examples/a-new-backend.contract.js';
