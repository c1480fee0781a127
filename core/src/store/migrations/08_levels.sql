-- What figures over years read of check-ins, without reading what else check-ins say.
CREATE INDEX record_levels ON record (
    what, at_ms, id, place, of, content -> '$.fields.moment[0]', content -> '$.fields.closeness[0]',
    content -> '$.fields.calm[0]', content -> '$.fields.energy[0]', content -> '$.fields.comfort[0]',
    content -> '$.fields.drop[0]'
) WHERE what = 'check-in';
