<?php

declare(strict_types=1);

namespace Apn\AmiClient\Dialer;

/**
 * The numbers of a dialer. They are read one by one, and no further than asked for.
 *
 * @internal of Dialer
 *
 * @template T
 */
final class Input
{
    /** @var \Generator<mixed, T> */
    private readonly \Generator $numbers;

    /** The current number was taken: before the next one is looked at, the generator has to move on. */
    private bool $isTaken = false;

    /** @var list<T> numbers that were taken and not called */
    private array $returned = [];

    /** @param iterable<mixed, T> $numbers */
    public function __construct(iterable $numbers)
    {
        // One whose first rows somebody has read goes on behind them.
        $this->numbers = $numbers instanceof \Generator ? $numbers : self::each($numbers);
    }

    /** Reads on where the current number was taken. */
    public function isOver(): bool
    {
        if ($this->returned !== []) {
            return false;
        }
        if ($this->isTaken) {
            $this->numbers->next();
            $this->isTaken = false;
        }

        return !$this->numbers->valid();
    }

    /** @return T|null the next number, of one that is not over */
    public function take(): mixed
    {
        if ($this->returned !== []) {
            return array_shift($this->returned);
        }
        $this->isTaken = true;

        return $this->numbers->current();
    }

    /**
     * A number that was taken and not called: it comes before those that were not read.
     *
     * @param T $number
     */
    public function giveBack(mixed $number): void
    {
        $this->returned[] = $number;
    }

    /**
     * @param iterable<mixed, T> $numbers
     *
     * @return \Generator<mixed, T>
     */
    private static function each(iterable $numbers): \Generator
    {
        yield from $numbers;
    }
}
