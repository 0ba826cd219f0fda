exports.from = 'a module';
