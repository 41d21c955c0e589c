<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** Counts the instructions that a process executed, without those of the kernel. */
final readonly class Callgrind
{
    public function __construct(
        private string $valgrind,
        private string $scratch,
    ) {}

    /**
     * @param list<string> $command
     *
     * @return array{own: int, all: int} those of one library or program itself; those of libc and PHP too
     */
    public function count(string $object, array $command): array
    {
        $profile = "$this->scratch/callgrind.out";
        $log = "$this->scratch/callgrind.log";
        $valgrind = [$this->valgrind, '--tool=callgrind', "--callgrind-out-file=$profile", "--log-file=$log"];
        $process = proc_open([...$valgrind, ...$command], [1 => ['file', '/dev/null', 'w']], $pipes);
        if ($process === false || proc_close($process) !== 0) {
            throw new \RuntimeException(implode(' ', $command) . " failed under $this->valgrind, see $log");
        }
        $own = self::ofObject($profile, basename($object));
        if ($own === 0) {
            throw new \RuntimeException("no instruction of $object in $profile");
        }

        return ['own' => $own, 'all' => self::total($profile)];
    }

    private static function total(string $profile): int
    {
        if (preg_match('/^totals: (\d+)$/m', (string) file_get_contents($profile), $found) !== 1) {
            throw new \RuntimeException("no total in $profile");
        }

        return (int) $found[1];
    }

    /**
     * Sums the costs that stand under an object file. What follows a `calls=` line is the cost of the callee, which
     * stands under its own object too. Names are written once and then abbreviated: `ob=(12) NAME`, `ob=(12)`.
     */
    private static function ofObject(string $profile, string $object): int
    {
        $lines = fopen($profile, 'r');
        if ($lines === false) {
            throw new \RuntimeException("cannot read $profile");
        }
        $names = [];
        $isOurs = false;
        $isCall = false;
        $sum = 0;
        while (($line = fgets($lines)) !== false) {
            if (preg_match('/^(c?)ob=(\(\d+\))(?: (.+))?$/', $line, $found) === 1) {
                $names[$found[2]] = isset($found[3]) ? basename($found[3]) : $names[$found[2]] ?? '';
                $isOurs = $found[1] === '' ? $names[$found[2]] === $object : $isOurs;
            } elseif (str_starts_with($line, 'calls=')) {
                $isCall = true;
            } elseif (preg_match('/^[+*-]?\d* (\d+)$/', $line, $found) === 1) {
                $sum += $isOurs && !$isCall ? (int) $found[1] : 0;
                $isCall = false;
            }
        }
        fclose($lines);

        return $sum;
    }
}
