<?php

declare(strict_types=1);

namespace Apn\AmiClient\Actions;

/** Units of one type in an AOCMessage. */
final readonly class AocUnit
{
    /** @param int|null $type 1 to 16 in the ETSI standard */
    public function __construct(
        public int $amount,
        public ?int $type = null,
    ) {}

    /**
     * @param list<self> $units
     *
     * @return array<string, int|null>
     */
    public static function headers(array $units): array
    {
        $headers = [];
        foreach ($units as $index => $unit) {
            $headers["UnitAmount({$index})"] = $unit->amount;
            $headers["UnitType({$index})"] = $unit->type;
        }

        return $headers;
    }
}
