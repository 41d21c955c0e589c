<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Worker\JsonOutput;
use Apn\AmiClient\Laravel\Worker\Worker;
use Illuminate\Console\Command;
use Illuminate\Support\Arr;
use RedisException;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/** A command that reports a failure in one sentence; -v shows where it came from. */
abstract class AmiCommand extends Command
{
    private const int LOOK_US = 100_000;

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        if (!extension_loaded('ami_client') && !$this->worksWithoutExtension()) {
            $this->components->error(
                'The PHP extension ami_client is missing. Install it with "pie install apn/ami-client-ext"; "php artisan ami:doctor" checks everything else.',
            );

            return self::FAILURE;
        }
        try {
            return (int) parent::execute($input, $output);
        } catch (AmiThrowable|RedisException $error) {
            if ($output->isVerbose()) {
                throw $error;
            }
            $this->components->error(
                $error instanceof RedisException
                    ? "The Redis connection \"{$this->laravel
                        ->make(Settings::class)
                        ->nullableString('redis')}\" of config/database.php failed: {$error->getMessage()}"
                    : $error->getMessage(),
            );

            return $this->failure();
        }
    }

    protected function worksWithoutExtension(): bool
    {
        return false;
    }

    /** What it exits with where it failed. */
    protected function failure(): int
    {
        return self::FAILURE;
    }

    /** Asks the workers of the argument "worker", or all. */
    protected function askWorkers(Records $records, string $what, string $done): int
    {
        $there = array_keys($records->workers());
        $workers = self::listOf($this->argument('worker')) ?: $there;
        foreach ($workers as $worker) {
            if (!in_array($worker, $there, strict: true)) {
                $this->components->error("There is no worker $worker: there are " . (implode(', ', $there) ?: 'none'));

                return self::FAILURE;
            }
            $records->ask($worker, $what);
            $this->components->twoColumnDetail($worker, $done);
        }

        return $workers === [] ? $this->noWorker() : self::SUCCESS;
    }

    protected function noWorker(): int
    {
        $this->components->error(
            'No worker is running: start "php artisan ami:listen". One that runs cannot report to a Redis that is full: "php artisan ami:doctor" tells.',
        );

        return self::FAILURE;
    }

    /**
     * Looks again and again.
     *
     * @param \Closure(): bool $condition
     *
     * @return ?float seconds that it took; null where it is not so within $seconds
     */
    protected static function until(\Closure $condition, float $seconds): ?float
    {
        $began = Worker::now();
        while (!$condition()) {
            if ((Worker::now() - $began) > $seconds) {
                return null;
            }
            usleep(self::LOOK_US);
        }

        return Worker::now() - $began;
    }

    protected function json(mixed $value): void
    {
        $this->output->writeln((string) json_encode($value, JsonOutput::FLAGS), OutputInterface::OUTPUT_RAW);
    }

    protected function text(string $option): ?string
    {
        $value = $this->option($option);

        return is_scalar($value) ? (string) $value : null;
    }

    /** @return list<string> an option that may be given many times */
    protected function texts(string $option): array
    {
        return self::listOf($this->option($option));
    }

    /** @return list<string> */
    protected static function listOf(mixed $value): array
    {
        return array_values(array_unique(array_map(strval(...), array_filter(Arr::wrap($value), is_scalar(...)))));
    }

    /** An option that is a number of seconds. */
    protected function seconds(string $option): float
    {
        $value = $this->option($option);

        return is_numeric($value) && (float) $value >= 0.0
            ? (float) $value
            : throw new InvalidConfigurationException("--$option is \"$value\", must be a number of seconds");
    }

    /** An option that is a whole number. */
    protected function whole(string $option, int $max = PHP_INT_MAX): int
    {
        $value = $this->option($option);
        if (!is_int($value) && !ctype_digit((string) $value) || (int) $value > $max) {
            throw new InvalidConfigurationException(
                "--$option is \"$value\", must be a whole number" . ($max === PHP_INT_MAX ? '' : " of at most $max"),
            );
        }

        return (int) $value;
    }
}
